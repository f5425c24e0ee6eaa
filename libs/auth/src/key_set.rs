//! The public keys that a server trusts, from wherever they are kept. Start at [`KeySet::open`].
//!
//! **Architecture invariant:** what cannot be read changes nothing: the keys that were known stay.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use jsonwebtoken::DecodingKey;

use crate::jwk_set::{self, Keys, OtherKinds};
use crate::key_file::KeyFile;
use crate::key_url::KeyUrl;
use crate::keys::KeyError;

/// The public keys that a server trusts, by key id. It follows what is written to its files and published at its URLs.
#[derive(Clone)]
pub struct KeySet {
    places: Arc<[Place]>,
}

enum Place {
    Given(Keys),
    File(KeyFile),
    Url(KeyUrl),
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places = self.places.iter().map(|place| match place {
            Place::Given(_) => "given".to_owned(),
            Place::File(file) => file.path().display().to_string(),
            Place::Url(url) => url.name(),
        });
        f.debug_list().entries(places).finish()
    }
}

impl KeySet {
    /// Reads a JWK set.
    pub fn from_json(json: &str) -> Result<Self, KeyError> {
        let keys = jwk_set::parse(json.as_bytes(), OtherKinds::Refuse)?;
        Ok(Self::of(vec![Place::Given(keys)]))
    }

    /// Reads a JWK set file, and again when it changes.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        Ok(Self::of(vec![Place::File(KeyFile::open(path)?)]))
    }

    /// Fetches a JWK set from an `http` or `https` URL, trying so many times. It is fetched again when a token names a
    /// key that is not known, at most once a second, and by [`Self::keep_fresh`].
    pub async fn from_url(url: &str, tries: u32) -> Result<Self, KeyError> {
        Ok(Self::of(vec![Place::Url(KeyUrl::open(url, tries).await?)]))
    }

    /// Reads all of several places: files and URLs with commas between. Of two keys with one id the first counts.
    pub async fn open(places: &str, tries: u32) -> Result<Self, KeyError> {
        let mut opened = Vec::new();
        for place in places.split(',').map(str::trim) {
            opened.push(if is_url(place) {
                Place::Url(KeyUrl::open(place, tries).await?)
            } else {
                Place::File(KeyFile::open(Path::new(place))?)
            });
        }
        Ok(Self::of(opened))
    }

    /// Fetches what comes from URLs again and again; without any it ends at once. A key that is published no more is
    /// trusted no more from the next time on, which is sooner than `every` after a failure.
    pub async fn keep_fresh(&self, every: Duration) {
        let urls = self.urls().map(|url| url.keep_fresh(every));
        join_all(urls).await;
    }

    /// The key with this id. May wait for a URL's server, for a bounded time, when there is none so far.
    pub(crate) async fn find(&self, key_id: &str) -> Option<DecodingKey> {
        if let Some(key) = self.find_known(key_id) {
            return Some(key);
        }
        join_all(self.urls().map(KeyUrl::look_again)).await;
        self.find_known(key_id)
    }

    fn of(places: Vec<Place>) -> Self {
        Self {
            places: places.into(),
        }
    }

    fn find_known(&self, key_id: &str) -> Option<DecodingKey> {
        self.places.iter().find_map(|place| match place {
            Place::Given(keys) => keys.get(key_id).cloned(),
            Place::File(file) => file.find(key_id),
            Place::Url(url) => url.find(key_id),
        })
    }

    fn urls(&self) -> impl Iterator<Item = &KeyUrl> {
        self.places.iter().filter_map(|place| match place {
            Place::Url(url) => Some(url),
            Place::Given(_) | Place::File(_) => None,
        })
    }
}

fn is_url(place: &str) -> bool {
    // Any scheme, so that one that is not served is refused as a URL instead of looked for as a file.
    place.contains("://")
}

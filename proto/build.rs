//! Compiles the `.proto` files without protoc and writes the descriptor set that reflection and access rules read.

use std::{env, error::Error, fs, path::PathBuf};

const PACKAGES: [(&str, &[&str]); 8] = [
    ("types", &["types", "access"]),
    ("events", &["events", "audit"]),
    ("carrier", &["carrier"]),
    (
        "intake",
        &[
            "accounts",
            "permission_sets",
            "setting_events",
            "number_config",
            "port_in",
            "order_lists",
            "comments",
            "tracking",
            "order_changes",
            "order_operations",
            "cutover",
            "configuration",
            "splits",
            "imports",
            "documents",
            "letters",
            "numbers",
            "portability",
            "port_outs",
            "port_out_lists",
            "port_out_records",
            "port_out_policies",
            "protection",
            "consents",
            "disputes",
            "gateway_calls",
            "events",
        ],
    ),
    ("gateway", &["gateway", "lookup"]),
    ("notification", &["notification"]),
    ("billing", &["billing"]),
    ("sim", &["sim"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<String> = PACKAGES
        .iter()
        .flat_map(|(package, files)| {
            files
                .iter()
                .map(move |file| format!("portway/{package}/v1/{file}.proto"))
        })
        .collect();
    println!("cargo:rerun-if-changed=portway");
    // protox's own set keeps custom options, which a decoded FileDescriptorSet would lose.
    let mut compiler = protox::Compiler::new(["."])?;
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_files(&files)?;
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    fs::write(out_dir.join("portway.bin"), compiler.encode_file_descriptor_set())?;
    let set = compiler.file_descriptor_set();
    let mut messages = tonic_prost_build::Config::new();
    messages.enable_type_names();
    // As large as a hundred headers, and one message of many.
    messages.boxed(".portway.intake.v1.ImportNumbersRequest.part.number");
    tonic_prost_build::configure().compile_fds_with_config(set, messages)?;
    Ok(())
}

//! The table of settings that a service understands.

use std::fmt::Write as _;

/// A setting that was read, whether it had a value or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name in the environment.
    pub name: String,
    /// What it is for.
    pub doc: String,
    /// Whether it must be set.
    pub need: Need,
    /// Whether its value is a secret, which may also come from the file named by `NAME_FILE`.
    pub secret: bool,
}

/// What happens when a setting has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// The service does not start.
    Required,
    /// The service does without.
    Optional,
    /// This value is used, written as an operator would write it.
    Default(String),
}

/// The settings as a Markdown table, for a README and for `--help`.
pub fn markdown_table(settings: &[Setting]) -> String {
    let mut table = String::from("| setting | what it is | default |\n| --- | --- | --- |\n");
    for Setting {
        name,
        doc,
        need,
        secret,
    } in settings
    {
        let or_file = if *secret {
            format!(" or `{name}_FILE`")
        } else {
            String::new()
        };
        let default = match need {
            Need::Required => "required".to_owned(),
            Need::Optional => "none".to_owned(),
            Need::Default(default) => format!("`{default}`"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| `{name}`{or_file} | {doc} | {default} |");
    }
    table
}

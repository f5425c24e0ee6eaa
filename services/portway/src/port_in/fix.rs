//! `portway port-in fix`: corrections by field, and their way from `--set` to the request.

use std::io::{self, Read};

use clap::Args;
use portway_proto::intake::v1::{ApplyFixRequest, Correction};
use portway_proto::types::v1::Address;
use types::Secret;

use crate::client::{ChangeArgs, Clients};
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::port_in::{look, present};

/// The longest value read from a file: a secret or a name, not a document.
const VALUE_BYTES_MAX: u64 = 4096;

/// Arguments of `portway port-in fix`.
#[derive(Debug, Args)]
#[command(after_help = "\
Fields: pin:TN, account_number, btn, first_name, last_name, company_name, authorized_by, postal_code, tax_id, new_btn,
and service_address.street, .unit, .city, .state, .postal_code, which together make one new address.
A value @FILE is read from that file, and @- from the standard input, so that a secret does not stand in the history.

Examples:
  portway port-in fix PI_100001 --set pin:+14158675309=1234
  portway port-in fix PI_100001 --set account_number=@account.txt --set first_name=Dana")]
pub(super) struct FixArgs {
    /// Request number, such as PI_100001, or UUID.
    order: String,
    /// Correction; one for each reason that asks for data. Repeat it.
    #[arg(long = "set", value_name = "FIELD[:TN]=VALUE", required = true, value_parser = parse_setting)]
    settings: Vec<Setting>,
    #[command(flatten)]
    change: ChangeArgs,
}

/// One `--set`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Setting {
    field: String,
    /// The number in canonical form; empty for a field of the order.
    tn: String,
    value: Secret,
}

/// Reads `field=value` or `field:number=value`.
fn parse_setting(text: &str) -> Result<Setting, String> {
    let (target, value) = text
        .split_once('=')
        .ok_or("must be FIELD=VALUE or FIELD:NUMBER=VALUE")?;
    let (field, tn) = match target.split_once(':') {
        Some((field, number)) => (
            field,
            numbering::parse(number)
                .map_err(|refusal| format!("{number}: {refusal}"))?
                .to_string(),
        ),
        None => (target, String::new()),
    };
    if field.is_empty() {
        return Err("must name a field before the `=`".to_owned());
    }
    Ok(Setting {
        field: field.to_owned(),
        tn,
        value: Secret::new(value),
    })
}

pub(super) async fn fix(args: FixArgs, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    let settings: Result<Vec<_>, _> = args.settings.into_iter().map(read_value).collect();
    let corrections = corrections(settings?).map_err(Failure::Usage)?;
    let request = ApplyFixRequest {
        order_id: args.order,
        corrections,
    };
    let reply = clients.port_in()?.apply_fix(args.change.request(request)).await?;
    output.message(&present(reply.into_inner().order)?, look::order_text)?;
    Ok(Outcome::Yes)
}

/// Puts the content of a file in the place of `@FILE`.
fn read_value(setting: Setting) -> Result<Setting, Failure> {
    let Some(path) = setting.value.expose().strip_prefix('@') else {
        return Ok(setting);
    };
    let unreadable = |source| Failure::Unreadable {
        path: path.into(),
        source,
    };
    let mut text = String::new();
    let read = if path == "-" {
        io::stdin().lock().take(VALUE_BYTES_MAX).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(VALUE_BYTES_MAX).read_to_string(&mut text))
    };
    read.map_err(unreadable)?;
    // The line end of the last line is the editor's, everything else is the value's.
    let value = Secret::new(text.trim_end_matches(['\r', '\n']));
    Ok(Setting { value, ..setting })
}

/// The corrections, with the parts of the address put together. Says what was set twice or does not exist.
fn corrections(settings: Vec<Setting>) -> Result<Vec<Correction>, String> {
    let mut corrections: Vec<Correction> = Vec::new();
    let mut address: Option<Address> = None;
    let mut seen = Vec::new();
    for Setting { field, tn, value } in settings {
        if seen.contains(&(field.clone(), tn.clone())) {
            return Err(format!("{field} is set twice"));
        }
        seen.push((field.clone(), tn.clone()));
        let value = value.expose().to_owned();
        match field.strip_prefix("service_address") {
            Some(part) => set_part(address.get_or_insert_default(), part, value)?,
            None => corrections.push(Correction {
                field,
                tn,
                value,
                address: None,
            }),
        }
    }
    let whole = address.map(|address| Correction {
        field: "service_address".to_owned(),
        address: Some(address),
        ..Correction::default()
    });
    corrections.extend(whole);
    Ok(corrections)
}

fn set_part(address: &mut Address, part: &str, value: String) -> Result<(), String> {
    let place = match part {
        ".street" => &mut address.street,
        ".unit" => &mut address.unit,
        ".city" => &mut address.city,
        ".state" => &mut address.state,
        ".postal_code" => &mut address.postal_code,
        _ => {
            return Err(
                "an address is set by its parts: service_address.street, .unit, .city, .state and \
                        .postal_code"
                    .to_owned(),
            );
        }
    };
    *place = value;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_all(texts: &[&str]) -> Result<Vec<Correction>, String> {
        let settings: Result<Vec<_>, _> = texts.iter().map(|text| parse_setting(text)).collect();
        corrections(settings?)
    }

    fn correction(field: &str, tn: &str, value: &str) -> Correction {
        Correction {
            field: field.to_owned(),
            tn: tn.to_owned(),
            value: value.to_owned(),
            address: None,
        }
    }

    #[test]
    fn a_setting_names_field_number_and_value() {
        let cases = [
            ("first_name=Dana", correction("first_name", "", "Dana")),
            ("pin:+14158675309=1234", correction("pin", "+14158675309", "1234")),
            ("pin:(415) 867-5309=0=1", correction("pin", "+14158675309", "0=1")),
            ("tax_id=", correction("tax_id", "", "")),
            ("last_name=a:b", correction("last_name", "", "a:b")),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_all(&[text]), Ok(vec![expected]), "{text}");
        }
    }

    #[test]
    fn the_parts_of_an_address_make_one_correction() {
        let texts = [
            "service_address.street=1 Main St",
            "pin:4158675309=1",
            "service_address.postal_code=07030",
        ];
        let fixed = parse_all(&texts).unwrap();
        assert_eq!(fixed.len(), 2);
        let address = fixed[1].address.as_ref().unwrap();
        assert_eq!(
            (address.street.as_str(), address.postal_code.as_str()),
            ("1 Main St", "07030")
        );
        assert_eq!(fixed[1].field, "service_address");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let cases = [
            (&["pin"][..], "must be FIELD=VALUE"),
            (&["=1"], "must name a field"),
            (&["pin:876-234-5678=1"], "JM"),
            (&["pin:12=1"], "ten digits"),
            (&["first_name=a", "first_name=b"], "set twice"),
            (&["pin:4158675309=1", "pin:+14158675309=2"], "set twice"),
            (&["service_address=1 Main St"], "by its parts"),
            (&["service_address.zip=1"], "by its parts"),
        ];
        for (texts, problem) in cases {
            let error = parse_all(texts).unwrap_err();
            assert!(error.contains(problem), "{texts:?}: {error}");
        }
    }

    #[test]
    fn a_value_may_come_from_a_file_without_its_last_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pin");
        std::fs::write(&path, "12 34\n").unwrap();
        let setting = parse_setting(&format!("pin:4158675309=@{}", path.display())).unwrap();
        assert_eq!(read_value(setting).unwrap().value, Secret::new("12 34"));
        assert!(read_value(parse_setting("pin=@/no/such/file").unwrap()).is_err());
    }

    #[test]
    fn the_value_is_not_in_the_debug_output() {
        assert!(!format!("{:?}", parse_setting("pin=8264").unwrap()).contains("8264"));
    }
}

//! The RPCs of the services, by name, with what their contracts say of them.

use std::fmt::Write as _;

use auth::{Repeat, Rule, Rules};
use prost_reflect::{
    Cardinality, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor, MethodDescriptor,
};

use crate::client::Service;
use crate::exit::Failure;
use crate::proto_json;

/// The package of what each service serves of its own events and records.
const EVERY_SERVICE: &str = "portway.events.v1";
/// Messages within messages that are shown; deeper ones are named.
const DEPTH_MAX: usize = 4;

/// An RPC that users may call.
pub(super) struct Rpc {
    pub(super) method: MethodDescriptor,
    /// Who serves it; `None`: every service serves its own.
    pub(super) service: Option<Service>,
    pub(super) repeat: Repeat,
}

/// Every RPC that a user may call, by name.
pub(super) fn all() -> Result<Vec<Rpc>, Failure> {
    let rules = Rules::portway().map_err(|error| Failure::Other(error.into()))?;
    let pool = proto_json::pool()?;
    let methods = pool
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>());
    let mut rpcs: Vec<Rpc> = methods
        .filter_map(|method| {
            let rule: &Rule = rules.find(&path(&method))?;
            let package = method.parent_service().package_name().to_owned();
            let service = Service::ALL
                .into_iter()
                .find(|service| service.package() == package);
            let is_served = service.is_some() || package == EVERY_SERVICE;
            let is_open = rule.permission.is_some() || rule.any_caller;
            (is_served && is_open).then(|| Rpc {
                method,
                service,
                repeat: rule.repeat,
            })
        })
        .collect();
    rpcs.sort_by_key(Rpc::name);
    Ok(rpcs)
}

/// The RPC of that name, such as `PortInService.GetOrder`, or the path that gRPC has for it.
pub(super) fn find(name: &str) -> Result<Rpc, Failure> {
    let rpcs = all()?;
    let wanted = rpcs
        .into_iter()
        .find(|rpc| rpc.name() == name || path(&rpc.method) == name);
    wanted.ok_or_else(|| {
        Failure::Usage(format!(
            "users can call no RPC {name}; `portway call --list` names those that they can"
        ))
    })
}

/// The path that gRPC calls it by.
pub(super) fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

impl Rpc {
    /// Its name for people.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.method.parent_service().name(), self.method.name())
    }

    /// The first sentence that its contract says of it.
    pub(super) fn summary(&self) -> String {
        let comment = comment(&self.method.parent_file(), self.method.path());
        let end = comment.find(". ").map_or(comment.len(), |at| at + 1);
        comment.get(..end).unwrap_or_default().to_owned()
    }

    /// What it does, takes and gives, field by field.
    pub(super) fn shape(&self) -> String {
        let mut text = format!(
            "{}\n{}\n",
            self.name(),
            comment(&self.method.parent_file(), self.method.path())
        );
        for (what, is_stream, message) in [
            ("takes", self.method.is_client_streaming(), self.method.input()),
            ("gives", self.method.is_server_streaming(), self.method.output()),
        ] {
            let many = if is_stream { "many " } else { "" };
            // Writing to a text cannot fail.
            let _written = writeln!(text, "\n{what} {many}{}", message.name());
            push_fields(&mut text, &message, 1);
        }
        text.trim_end().to_owned()
    }
}

fn push_fields(text: &mut String, message: &MessageDescriptor, depth: usize) {
    for field in message.fields() {
        let comment = comment(&field.parent_file(), field.path());
        let _written = writeln!(
            text,
            "{:indent$}{}: {}  {comment}",
            "",
            field.name(),
            kind(&field),
            indent = depth * 2
        );
        if let (Kind::Message(inner), true) = (field.kind(), depth < DEPTH_MAX)
            && inner.package_name() != "google.protobuf"
        {
            push_fields(text, &inner, depth + 1);
        }
    }
}

fn kind(field: &FieldDescriptor) -> String {
    let kind = match field.kind() {
        Kind::Message(message) => message.name().to_owned(),
        Kind::Enum(values) => {
            let names: Vec<String> = values.values().map(|value| value.name().to_owned()).collect();
            names.join(" | ")
        }
        Kind::Bool => "true or false".to_owned(),
        Kind::String => "text".to_owned(),
        Kind::Bytes => "base64".to_owned(),
        Kind::Double
        | Kind::Float
        | Kind::Int32
        | Kind::Int64
        | Kind::Uint32
        | Kind::Uint64
        | Kind::Sint32
        | Kind::Sint64
        | Kind::Fixed32
        | Kind::Fixed64
        | Kind::Sfixed32
        | Kind::Sfixed64 => "number".to_owned(),
    };
    if field.cardinality() == Cardinality::Repeated {
        format!("[{kind}]")
    } else {
        kind
    }
}

/// What stands above a thing in its proto, in one line.
fn comment(file: &FileDescriptor, path: &[i32]) -> String {
    let info = file.file_descriptor_proto().source_code_info.as_ref();
    let location = info.and_then(|info| info.location.iter().find(|location| location.path == path));
    let comment = location.map(|location| location.leading_comments().split_whitespace());
    comment
        .map(|words| words.collect::<Vec<_>>().join(" "))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// RPCs that no person calls: what services ask of each other.
    const BETWEEN_SERVICES: [&str; 5] = [
        "/portway.intake.v1.ConsentService/TakeConsentLink",
        "/portway.intake.v1.GatewayCallsService/GetSubmission",
        "/portway.intake.v1.GatewayCallsService/ReceivePortOut",
        "/portway.intake.v1.GatewayCallsService/ReportPortOutProgress",
        "/portway.intake.v1.LetterService/GetSigningLink",
    ];
    /// The contract of carriers, which the gateway alone calls.
    const CARRIERS: &str = "/portway.carrier.v1.";

    #[test]
    fn every_rpc_but_those_between_services_has_a_command() {
        let rules = Rules::portway().unwrap();
        let callable: BTreeSet<String> = all().unwrap().iter().map(|rpc| path(&rpc.method)).collect();
        let without: Vec<&str> = rules
            .iter()
            .map(|(path, _)| path)
            .filter(|path| !callable.contains(*path) && !path.starts_with(CARRIERS))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        assert_eq!(without, BETWEEN_SERVICES);
    }

    #[test]
    fn a_name_is_of_one_rpc_and_each_says_what_it_does() {
        let rpcs = all().unwrap();
        let names: BTreeSet<String> = rpcs.iter().map(Rpc::name).collect();
        assert_eq!(names.len(), rpcs.len());
        for rpc in rpcs {
            assert!(!rpc.summary().is_empty(), "{}", rpc.name());
            assert_eq!(path(&find(&rpc.name()).unwrap().method), path(&rpc.method));
        }
        assert!(find("GatewayCallsService.GetSubmission").is_err());
    }

    #[test]
    fn a_shape_names_fields_and_the_values_that_they_take() {
        let shape = find("PortOutService.ListPortOuts").unwrap().shape();
        for part in [
            "takes ListPortOutsRequest",
            "\n  filter: PortOutFilter",
            "\n    completion: COMPLETION_UNSPECIFIED | COMPLETION_INCOMPLETE | COMPLETION_COMPLETE",
            "\n      from: Timestamp",
            "gives ListPortOutsResponse",
            "\n  port_outs: [PortOut]",
        ] {
            assert!(shape.contains(part), "{part}\n{shape}");
        }
    }
}

//! The gRPC face of cut-overs.

mod groups;
mod parse;
mod render;
mod service;
mod status;

pub(super) use groups::Groups;
pub(super) use service::Cutover;
pub(in crate::grpc) use status::snapback as snapback_status;

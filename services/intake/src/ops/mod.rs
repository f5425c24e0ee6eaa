//! Use cases: one file each, one transaction each, told top to bottom.

pub(crate) mod access;
pub(crate) mod accounts;
pub(crate) mod bootstrap;
pub(crate) mod carriers;
pub(crate) mod comments;
pub(crate) mod dispute;
pub(crate) mod document_policies;
pub(crate) mod letters;
pub(crate) mod links;
pub(crate) mod numbers;
pub(crate) mod port_in;
pub(crate) mod port_out;
pub(crate) mod portability;
pub(crate) mod tracking;

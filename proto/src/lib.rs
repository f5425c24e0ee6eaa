//! Portway's contracts, generated from `portway/*/v1/*.proto`. Clients and servers of every service; no other code.

/// The encoded `FileDescriptorSet` of all packages, custom options included: for reflection and access rules.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/portway.bin"));

macro_rules! packages {
    ($($package:ident),*) => {$(
        #[doc = concat!("Package `portway.", stringify!($package), ".v1`.")]
        pub mod $package {
            #[doc = concat!("Package `portway.", stringify!($package), ".v1`.")]
            pub mod v1 {
                include!(concat!(env!("OUT_DIR"), "/portway.", stringify!($package), ".v1.rs"));
            }
        }
    )*};
}

packages!(
    types,
    events,
    carrier,
    intake,
    gateway,
    notification,
    billing,
    sim
);

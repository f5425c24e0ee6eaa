//! Reads a JWK set into the keys that tokens are verified with.

use std::collections::HashMap;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use serde::Deserialize;
use serde_json::Value;

use crate::keys::KeyError;

/// Public keys by key id.
pub(crate) type Keys = HashMap<String, DecodingKey>;

/// What to do with a key that is not an Ed25519 key with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OtherKinds {
    /// Refuse the set: whoever wrote it for us made a mistake.
    Refuse,
    /// Leave the key out: identity providers publish keys for others too.
    LeaveOut,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

/// Reads a JWK set.
pub(crate) fn parse(json: &[u8], others: OtherKinds) -> Result<Keys, KeyError> {
    let set: Set = serde_json::from_slice(json).map_err(|error| KeyError::Format(error.to_string()))?;
    let mut keys = HashMap::new();
    for jwk in set.keys {
        let (key_id, key) = match (read(jwk), others) {
            (Ok(key), _) => key,
            (Err(why), OtherKinds::Refuse) => return Err(KeyError::Format(why)),
            (Err(why), OtherKinds::LeaveOut) => {
                tracing::debug!(why, "a key of the key set is left out");
                continue;
            }
        };
        if keys.insert(key_id.clone(), key).is_some() {
            return Err(KeyError::Format(format!("{key_id} is there twice")));
        }
    }
    Ok(keys)
}

fn read(jwk: Value) -> Result<(String, DecodingKey), String> {
    let jwk: Jwk = serde_json::from_value(jwk).map_err(|error| error.to_string())?;
    let key_id = jwk.common.key_id.clone().ok_or("a key has no kid")?;
    let is_ed25519 = matches!(&jwk.algorithm,
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519);
    if !is_ed25519 {
        return Err(format!("{key_id} is of another kind"));
    }
    let key = DecodingKey::from_jwk(&jwk).map_err(|error| error.to_string())?;
    Ok((key_id, key))
}

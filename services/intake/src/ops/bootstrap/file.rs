//! The bootstrap file, read: every fault in it at once.

use std::fmt::Display;
use std::str::FromStr;

use auth::permissions;
use intake_domain::account::Account;
use serde::Deserialize;
use types::AccountId;

use crate::ops::accounts::Grant;

/// What the file asks for.
#[derive(Debug)]
pub(super) struct Bootstrap {
    pub(super) accounts: Vec<Account>,
    pub(super) grants: Vec<(AccountId, Grant)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    account: Vec<RawAccount>,
    #[serde(default)]
    grant: Vec<RawGrant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAccount {
    id: String,
    name: String,
    owner: String,
    owner_email: String,
    time_zone: String,
    currency: String,
    country: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGrant {
    account: String,
    subject: String,
    permissions: RawPermissions,
}

/// A list, or the word "all".
#[derive(Deserialize)]
#[serde(untagged)]
enum RawPermissions {
    Listed(Vec<String>),
    Word(String),
}

impl FromStr for Bootstrap {
    type Err = Vec<String>;

    fn from_str(text: &str) -> Result<Self, Vec<String>> {
        let raw: RawFile = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mut faults = Vec::new();
        let accounts = raw
            .account
            .iter()
            .filter_map(|raw| account(&mut faults, raw))
            .collect();
        let grants = raw
            .grant
            .into_iter()
            .filter_map(|raw| grant(&mut faults, raw))
            .collect();
        if faults.is_empty() {
            Ok(Self { accounts, grants })
        } else {
            Err(faults)
        }
    }
}

fn account(faults: &mut Vec<String>, raw: &RawAccount) -> Option<Account> {
    let place = format!("account {}", raw.id);
    let id: Option<AccountId> = field(faults, &place, "id", &raw.id);
    if id.is_some_and(AccountId::is_platform) {
        faults.push(format!(
            "{place}: id: is the platform's own account, which may appear in grants only"
        ));
    }
    // Each is tried, so that all faults are found.
    let name = field(faults, &place, "name", &raw.name);
    let owner = field(faults, &place, "owner", &raw.owner);
    let owner_email = field(faults, &place, "owner_email", &raw.owner_email);
    let time_zone = field(faults, &place, "time_zone", &raw.time_zone);
    let currency = field(faults, &place, "currency", &raw.currency);
    let country = field(faults, &place, "country", &raw.country);
    Some(Account {
        id: id?,
        name: name?,
        owner: owner?,
        owner_email: owner_email?,
        time_zone: time_zone?,
        currency: currency?,
        country: country?,
    })
}

fn grant(faults: &mut Vec<String>, raw: RawGrant) -> Option<(AccountId, Grant)> {
    let place = format!("grant of {} in {}", raw.subject, raw.account);
    let account: Option<AccountId> = field(faults, &place, "account", &raw.account);
    let subject = field(faults, &place, "subject", &raw.subject);
    let (account, subject) = account.zip(subject)?;
    let permissions = match raw.permissions {
        RawPermissions::Listed(permissions) => permissions,
        RawPermissions::Word(word) if word == "all" => all_in(account),
        RawPermissions::Word(_) => {
            faults.push(format!("{place}: permissions: must be a list, or \"all\""));
            return None;
        }
    };
    match Grant::new(account, subject, permissions.clone()) {
        Ok(grant) => Some((account, grant)),
        Err(refused) => {
            let named = |index: usize| permissions.get(index).map_or("", String::as_str);
            let refused = refused
                .iter()
                .map(|fault| format!("{place}: {:?} {fault}", named(fault.index)));
            faults.extend(refused);
            None
        }
    }
}

fn all_in(account: AccountId) -> Vec<String> {
    let of_platform = permissions::PLATFORM.iter().filter(|_| account.is_platform());
    permissions::CUSTOMER
        .iter()
        .chain(of_platform)
        .map(|permission| (*permission).to_owned())
        .collect()
}

fn field<T>(faults: &mut Vec<String>, place: &str, name: &str, raw: &str) -> Option<T>
where
    T: FromStr,
    T::Err: Display,
{
    raw.parse()
        .map_err(|error| faults.push(format!("{place}: {name}: {error}")))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = r#"
        [[account]]
        id = "0192f0c1-2d3e-7000-8000-000000000001"
        name = "Acme"
        owner = "user:ann"
        owner_email = "ann@acme.example"
        time_zone = "America/New_York"
        currency = "USD"
        country = "US"
    "#;

    fn faults(text: &str) -> Vec<String> {
        text.parse::<Bootstrap>().unwrap_err()
    }

    #[test]
    fn a_file_names_accounts_and_grants() {
        let text = format!(
            r#"{ACCOUNT}
            [[grant]]
            account = "0192f0c1-2d3e-7000-8000-000000000001"
            subject = "user:bob"
            permissions = ["port_out.view", "numbers.view", "port_out.view"]
            [[grant]]
            account = "00000000-0000-0000-0000-000000000000"
            subject = "user:ops"
            permissions = "all"
            "#
        );
        let bootstrap: Bootstrap = text.parse().unwrap();
        assert_eq!(bootstrap.accounts[0].name.as_str(), "Acme");
        assert_eq!(
            bootstrap.grants[0].1.permissions(),
            ["numbers.view", "port_out.view"]
        );
        let all = permissions::CUSTOMER.len() + permissions::PLATFORM.len();
        assert_eq!(bootstrap.grants[1].1.permissions().len(), all);
    }

    #[test]
    fn everything_that_is_wrong_is_named() {
        let text = r#"
            [[account]]
            id = "00000000-0000-0000-0000-000000000000"
            name = ""
            owner = "user:ann"
            owner_email = "ann"
            time_zone = "Mars/Olympus"
            currency = "EUR"
            country = "MX"
            [[grant]]
            account = "0192f0c1-2d3e-7000-8000-000000000001"
            subject = "user:bob"
            permissions = ["port_out.operate", "port_out.view", "port_out.everything"]
            [[grant]]
            account = "x"
            subject = ""
            permissions = "most"
        "#;
        let found = faults(text);
        for (index, word) in [
            "id",
            "name",
            "owner_email",
            "time_zone",
            "currency",
            "country",
            "port_out.operate",
            "port_out.everything",
            "account",
            "subject",
        ]
        .into_iter()
        .enumerate()
        {
            assert!(found[index].contains(word), "{word} in {}", found[index]);
        }
        assert_eq!(found.len(), 10, "{found:#?}");
    }

    #[test]
    fn a_word_that_is_not_known_is_refused() {
        assert!(faults("[[acount]]\nid = \"x\"")[0].contains("acount"));
        let text = r#"
            [[grant]]
            account = "0192f0c1-2d3e-7000-8000-000000000001"
            subject = "user:bob"
            permissions = "most"
        "#;
        assert!(faults(text)[0].contains("all"));
    }
}

//! `portway permission-set`: who may do what in the account, by named sets.

use clap::{Args, Subcommand};
use portway_proto::intake::v1::holder::Holder as Held;
use portway_proto::intake::v1::{
    CreatePermissionSetRequest, DeletePermissionSetRequest, GetMyPermissionsRequest,
    GetSubjectPermissionsRequest, GrantPermissionSetRequest, Holder, ListPermissionSetGrantsRequest,
    ListPermissionSetsRequest, PermissionSet, PermissionSetGrant, RevokePermissionSetRequest,
    SubjectPermissions, UpdatePermissionSetRequest,
};

use crate::client::{ChangeArgs, Clients, ConnectArgs, ask};
use crate::exit::{Failure, Outcome};
use crate::output::{self, Output};
use crate::user_groups;

/// Arguments of `portway permission-set`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway permission-set create 'Night shift' --permission port_out.view,numbers.view
  portway permission-set grant 'Night shift' --group 'Port desk'
  portway permission-set grant port-out-manager --subject user:bob
  portway permission-set of user:bob")]
pub(crate) struct PermissionSetArgs {
    #[command(subcommand)]
    command: PermissionSetCommand,
    #[command(flatten)]
    connect: ConnectArgs,
}

#[derive(Debug, Subcommand)]
enum PermissionSetCommand {
    /// List the ready-made sets and the account's own.
    List,
    /// Make a set.
    Create(CreateArgs),
    /// Replace the permissions of a set, or its name.
    Update(UpdateArgs),
    /// Remove a set that nobody holds.
    Delete(SetArgs),
    /// Give a set to a subject or a group.
    Grant(HolderArgs),
    /// Take it back.
    Revoke(HolderArgs),
    /// List who holds which sets.
    Grants,
    /// Tell what a subject may do and where each permission comes from; without a subject, what you may.
    Of(OfArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// Its name.
    name: String,
    /// What it holds; repeat it, or separate with commas. docs/permissions.md lists them.
    #[arg(long = "permission", required = true, value_delimiter = ',')]
    permissions: Vec<String>,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct UpdateArgs {
    /// The set: its name or UUID.
    set: String,
    /// All that it is to hold.
    #[arg(long = "permission", value_delimiter = ',')]
    permissions: Vec<String>,
    /// Its new name.
    #[arg(long)]
    rename: Option<String>,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct SetArgs {
    /// The set: its name or UUID.
    set: String,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct HolderArgs {
    /// The set: its name or UUID.
    set: String,
    /// A subject: the `sub` of its tokens.
    #[arg(long, required_unless_present = "group", conflicts_with = "group")]
    subject: Option<String>,
    /// A group: its name or UUID.
    #[arg(long)]
    group: Option<String>,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct OfArgs {
    /// A subject: the `sub` of its tokens.
    subject: Option<String>,
}

pub(crate) async fn run(args: PermissionSetArgs, output: Output) -> Result<Outcome, Failure> {
    let clients = args.connect.connect()?;
    match args.command {
        PermissionSetCommand::List => output.messages(&list(&clients).await?, sets_text)?,
        PermissionSetCommand::Create(args) => create(&clients, args, output).await?,
        PermissionSetCommand::Update(args) => update(&clients, args, output).await?,
        PermissionSetCommand::Delete(args) => {
            let set = find(&clients, &args.set).await?;
            let request = DeletePermissionSetRequest {
                permission_set_id: set.permission_set_id,
                etag: set.etag,
                account_id: String::new(),
            };
            let mut client = clients.permission_sets()?;
            client.delete_permission_set(args.change.request(request)).await?;
            output.remark("removed")?;
        }
        PermissionSetCommand::Grant(args) => grant(&clients, args, output).await?,
        PermissionSetCommand::Revoke(args) => revoke(&clients, args, output).await?,
        PermissionSetCommand::Grants => {
            let request = ListPermissionSetGrantsRequest::default();
            let mut client = clients.permission_sets()?;
            let reply = client
                .list_permission_set_grants(ask(request))
                .await?
                .into_inner();
            output.messages(&reply.grants, grants_text)?;
        }
        PermissionSetCommand::Of(args) => of(&clients, args, output).await?,
    }
    Ok(Outcome::Yes)
}

async fn list(clients: &Clients) -> Result<Vec<PermissionSet>, Failure> {
    let mut client = clients.permission_sets()?;
    let reply = client
        .list_permission_sets(ask(ListPermissionSetsRequest::default()))
        .await?;
    Ok(reply.into_inner().permission_sets)
}

/// A set by its name or its id.
async fn find(clients: &Clients, named: &str) -> Result<PermissionSet, Failure> {
    let is_it = |set: &PermissionSet| set.permission_set_id == named || set.name == named;
    let unknown = || Failure::Usage(format!("there is no permission set {named:?}"));
    list(clients).await?.into_iter().find(is_it).ok_or_else(unknown)
}

async fn create(clients: &Clients, args: CreateArgs, output: Output) -> Result<(), Failure> {
    let request = CreatePermissionSetRequest {
        name: args.name,
        permissions: args.permissions,
        account_id: String::new(),
    };
    let mut client = clients.permission_sets()?;
    let reply = client.create_permission_set(args.change.request(request)).await?;
    show(reply.into_inner().permission_set, output)
}

async fn update(clients: &Clients, args: UpdateArgs, output: Output) -> Result<(), Failure> {
    let set = find(clients, &args.set).await?;
    let permissions = if args.permissions.is_empty() {
        set.permissions
    } else {
        args.permissions
    };
    let request = UpdatePermissionSetRequest {
        permission_set_id: set.permission_set_id,
        name: args.rename.unwrap_or(set.name),
        permissions,
        etag: set.etag,
        account_id: String::new(),
    };
    let mut client = clients.permission_sets()?;
    let reply = client.update_permission_set(args.change.request(request)).await?;
    show(reply.into_inner().permission_set, output)
}

fn show(set: Option<PermissionSet>, output: Output) -> Result<(), Failure> {
    let set = set.ok_or(Failure::Incomplete("permission set"))?;
    output.message(&set, |set| sets_text(std::slice::from_ref(set)))
}

/// The id of a set and a holder, from what the command line names.
async fn named(
    clients: &Clients,
    set: &str,
    subject: Option<String>,
    group: Option<&str>,
) -> Result<(String, Holder), Failure> {
    let set = find(clients, set).await?.permission_set_id;
    let held = match (subject, group) {
        (Some(subject), _) => Held::Subject(subject),
        (None, Some(group)) => Held::UserGroupId(user_groups::find(clients, group).await?.user_group_id),
        (None, None) => return Err(Failure::Usage("name a --subject or a --group".to_owned())),
    };
    Ok((set, Holder { holder: Some(held) }))
}

async fn grant(clients: &Clients, args: HolderArgs, output: Output) -> Result<(), Failure> {
    let (set, holder) = named(clients, &args.set, args.subject, args.group.as_deref()).await?;
    let request = GrantPermissionSetRequest {
        permission_set_id: set,
        holder: Some(holder),
        account_id: String::new(),
    };
    let mut client = clients.permission_sets()?;
    client.grant_permission_set(args.change.request(request)).await?;
    output.remark("granted")
}

async fn revoke(clients: &Clients, args: HolderArgs, output: Output) -> Result<(), Failure> {
    let (set, holder) = named(clients, &args.set, args.subject, args.group.as_deref()).await?;
    let request = RevokePermissionSetRequest {
        permission_set_id: set,
        holder: Some(holder),
        account_id: String::new(),
    };
    let mut client = clients.permission_sets()?;
    client.revoke_permission_set(args.change.request(request)).await?;
    output.remark("revoked")
}

async fn of(clients: &Clients, args: OfArgs, output: Output) -> Result<(), Failure> {
    let mut client = clients.permission_sets()?;
    let found = match args.subject {
        Some(subject) => {
            let request = GetSubjectPermissionsRequest {
                subject,
                account_id: String::new(),
            };
            client
                .get_subject_permissions(ask(request))
                .await?
                .into_inner()
                .subject_permissions
        }
        None => {
            client
                .get_my_permissions(ask(GetMyPermissionsRequest {}))
                .await?
                .into_inner()
                .subject_permissions
        }
    };
    let found = found.ok_or(Failure::Incomplete("permissions"))?;
    output.message(&found, subject_text)
}

fn sets_text(sets: &[PermissionSet]) -> String {
    let mut table = output::table(["SET", "ID", "PERMISSIONS"]);
    for set in sets {
        let id = if set.ready_made {
            "ready-made"
        } else {
            &set.permission_set_id
        };
        table.add_row([set.name.clone(), id.to_owned(), set.permissions.join(" ")]);
    }
    table.trim_fmt()
}

fn grants_text(grants: &[PermissionSetGrant]) -> String {
    let mut table = output::table(["SET", "HELD BY"]);
    for grant in grants {
        let holder = match grant.holder.as_ref().and_then(|holder| holder.holder.as_ref()) {
            Some(Held::Subject(subject)) => subject.clone(),
            Some(Held::UserGroupId(_)) => format!("group {}", grant.user_group_name),
            None => String::new(),
        };
        table.add_row([grant.permission_set_name.clone(), holder]);
    }
    table.trim_fmt()
}

/// A line for each permission, with all places it comes from.
fn subject_text(found: &SubjectPermissions) -> String {
    let mut table = output::table(["PERMISSION", "FROM"]);
    for permission in &found.permissions {
        let from: Vec<String> = found
            .sources
            .iter()
            .filter(|source| source.permissions.contains(permission))
            .map(|source| {
                match (
                    source.permission_set_name.as_str(),
                    source.user_group_name.as_str(),
                ) {
                    ("", _) => "granted directly".to_owned(),
                    (set, "") => set.to_owned(),
                    (set, group) => format!("{set} of group {group}"),
                }
            })
            .collect();
        table.add_row([permission.clone(), from.join(", ")]);
    }
    table.trim_fmt()
}

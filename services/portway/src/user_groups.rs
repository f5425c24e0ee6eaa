//! `portway user-group`: groups of the account's users, to whom permission sets are given.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use portway_proto::intake::v1::{
    CreateUserGroupRequest, DeleteUserGroupRequest, GetUserGroupRequest, ListUserGroupsRequest,
    SetUserGroupSubjectsRequest, UpdateUserGroupRequest, UserGroup,
};

use crate::client::{ChangeArgs, Clients, ConnectArgs, ask};
use crate::exit::{Failure, Outcome};
use crate::output::{self, Output};

/// Arguments of `portway user-group`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway user-group create 'Port desk' --subject user:bob,user:cleo
  portway user-group add 'Port desk' --subject user:dan
  portway permission-set grant port-out-manager --group 'Port desk'")]
pub(crate) struct UserGroupArgs {
    #[command(subcommand)]
    command: UserGroupCommand,
    #[command(flatten)]
    connect: ConnectArgs,
}

#[derive(Debug, Subcommand)]
enum UserGroupCommand {
    /// List the account's groups.
    List,
    /// Show a group with its users.
    Show(NameArgs),
    /// Make a group.
    Create(CreateArgs),
    /// Put users into a group.
    Add(SubjectsArgs),
    /// Take users out of a group.
    Remove(SubjectsArgs),
    /// Give a group another name.
    Rename(RenameArgs),
    /// Remove a group; its users lose what they hold through it.
    Delete(DeleteArgs),
}

#[derive(Debug, Args)]
struct NameArgs {
    /// The group: its name or UUID.
    group: String,
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// Its name.
    name: String,
    /// Its users: the `sub` of their tokens; repeat it, or separate with commas.
    #[arg(long = "subject", value_delimiter = ',')]
    subjects: Vec<String>,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct SubjectsArgs {
    #[command(flatten)]
    name: NameArgs,
    /// The users: the `sub` of their tokens; repeat it, or separate with commas.
    #[arg(long = "subject", required = true, value_delimiter = ',')]
    subjects: Vec<String>,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct RenameArgs {
    #[command(flatten)]
    name: NameArgs,
    /// Its new name.
    to: String,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct DeleteArgs {
    #[command(flatten)]
    name: NameArgs,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(args: UserGroupArgs, output: Output) -> Result<Outcome, Failure> {
    let clients = args.connect.connect()?;
    match args.command {
        UserGroupCommand::List => output.messages(&list(&clients).await?, groups_text)?,
        UserGroupCommand::Show(name) => show(Some(whole(&clients, &name.group).await?), output)?,
        UserGroupCommand::Create(args) => {
            let request = CreateUserGroupRequest {
                name: args.name,
                subjects: args.subjects,
                account_id: String::new(),
            };
            let mut client = clients.user_groups()?;
            let reply = client.create_user_group(args.change.request(request)).await?;
            show(reply.into_inner().user_group, output)?;
        }
        UserGroupCommand::Add(args) => {
            let group = whole(&clients, &args.name.group).await?;
            let mut subjects: BTreeSet<String> = group.subjects.iter().cloned().collect();
            subjects.extend(args.subjects);
            set(&clients, group, subjects, args.change, output).await?;
        }
        UserGroupCommand::Remove(args) => {
            let group = whole(&clients, &args.name.group).await?;
            let mut subjects: BTreeSet<String> = group.subjects.iter().cloned().collect();
            subjects.retain(|subject| !args.subjects.contains(subject));
            set(&clients, group, subjects, args.change, output).await?;
        }
        UserGroupCommand::Rename(args) => {
            let group = find(&clients, &args.name.group).await?;
            let request = UpdateUserGroupRequest {
                user_group_id: group.user_group_id,
                name: args.to,
                etag: group.etag,
                account_id: String::new(),
            };
            let mut client = clients.user_groups()?;
            let reply = client.update_user_group(args.change.request(request)).await?;
            show(reply.into_inner().user_group, output)?;
        }
        UserGroupCommand::Delete(args) => {
            let group = find(&clients, &args.name.group).await?;
            let request = DeleteUserGroupRequest {
                user_group_id: group.user_group_id,
                etag: group.etag,
                account_id: String::new(),
            };
            let mut client = clients.user_groups()?;
            client.delete_user_group(args.change.request(request)).await?;
            output.remark("removed")?;
        }
    }
    Ok(Outcome::Yes)
}

async fn list(clients: &Clients) -> Result<Vec<UserGroup>, Failure> {
    let mut client = clients.user_groups()?;
    let reply = client
        .list_user_groups(ask(ListUserGroupsRequest::default()))
        .await?;
    Ok(reply.into_inner().user_groups)
}

/// A group by its name or its id, without its users.
pub(crate) async fn find(clients: &Clients, named: &str) -> Result<UserGroup, Failure> {
    let is_it = |group: &UserGroup| group.user_group_id == named || group.name == named;
    let unknown = || Failure::Usage(format!("there is no group {named:?}"));
    list(clients).await?.into_iter().find(is_it).ok_or_else(unknown)
}

/// The same with its users.
async fn whole(clients: &Clients, named: &str) -> Result<UserGroup, Failure> {
    let request = GetUserGroupRequest {
        user_group_id: find(clients, named).await?.user_group_id,
        account_id: String::new(),
    };
    let mut client = clients.user_groups()?;
    let reply = client.get_user_group(ask(request)).await?.into_inner();
    reply.user_group.ok_or(Failure::Incomplete("group"))
}

/// Sends the users back with the etag they were read with, so that nobody else's change is lost.
async fn set(
    clients: &Clients,
    group: UserGroup,
    subjects: BTreeSet<String>,
    args: ChangeArgs,
    output: Output,
) -> Result<(), Failure> {
    let request = SetUserGroupSubjectsRequest {
        user_group_id: group.user_group_id,
        subjects: subjects.into_iter().collect(),
        etag: group.etag,
        account_id: String::new(),
    };
    let mut client = clients.user_groups()?;
    let reply = client.set_user_group_subjects(args.request(request)).await?;
    show(reply.into_inner().user_group, output)
}

fn show(group: Option<UserGroup>, output: Output) -> Result<(), Failure> {
    let group = group.ok_or(Failure::Incomplete("group"))?;
    output.message(&group, |group| {
        let users = group.subjects.join("\n");
        format!("{}\n\n{users}", groups_text(std::slice::from_ref(group)))
            .trim_end()
            .to_owned()
    })
}

fn groups_text(groups: &[UserGroup]) -> String {
    let mut table = output::table(["GROUP", "ID", "USERS"]);
    for group in groups {
        table.add_row([
            group.name.clone(),
            group.user_group_id.clone(),
            group.subject_count.to_string(),
        ]);
    }
    table.trim_fmt()
}

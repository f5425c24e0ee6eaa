//! `portway.gateway.v1.CommandService`.

use grpc::Reply;
use portway_proto::gateway::v1;
use portway_proto::gateway::v1::command_service_server::CommandService;
use service::Base;
use tonic::{Request, Response};

use super::convert;
use crate::ops;

/// Shows commands.
#[derive(Debug)]
pub(crate) struct Commands {
    base: Base,
}

impl Commands {
    pub(crate) fn new(base: Base) -> Self {
        Self { base }
    }
}

#[tonic::async_trait]
impl CommandService for Commands {
    async fn list_commands(
        &self,
        request: Request<v1::ListCommandsRequest>,
    ) -> Reply<v1::ListCommandsResponse> {
        let page = convert::commands_page(request.get_ref())?;
        let commands = ops::list_commands(&self.base.pool, page.filter, page.before, page.size)
            .await
            .map_err(|error| ::grpc::status::store(&error))?;
        Ok(Response::new(convert::commands(&page, &commands)))
    }
}

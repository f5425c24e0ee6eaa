//! The orders of the stub: one that changes, and a list of 250.

use portway_proto::intake::v1::document_service_server::DocumentService;
use portway_proto::intake::v1::port_in_service_server::PortInService;
use portway_proto::intake::v1::{
    AddNumbersRequest, AddNumbersResponse, ApplyFixRequest, ApplyFixResponse, CancelOrderRequest,
    CancelOrderResponse, ConfirmRemedyRequest, ConfirmRemedyResponse, CreateOrderRequest,
    CreateOrderResponse, GetDocumentContentRequest, GetDocumentContentResponse, GetDocumentPolicyRequest,
    GetDocumentPolicyResponse, GetOrderRequest, GetOrderResponse, ImportNumbersRequest,
    ImportNumbersResponse, LineFault, ListDocumentsRequest, ListDocumentsResponse, ListOrdersRequest,
    ListOrdersResponse, ListRequirementsRequest, ListRequirementsResponse, ListTimelineRequest,
    ListTimelineResponse, RemoveNumbersRequest, RemoveNumbersResponse, Requirement, SetDocumentPolicyRequest,
    SetDocumentPolicyResponse, SubmitOrderRequest, SubmitOrderResponse, UpdateOrderRequest,
    UpdateOrderResponse, UploadDocumentRequest, UploadDocumentResponse, import_numbers_request,
    upload_document_request,
};
use tonic::{Response, Streaming};

use super::{Code, Handler, Order, OrderState, Reply, Request, Status, status};

/// Orders in the list.
const ORDERS: usize = 250;

#[tonic::async_trait]
impl PortInService for Handler {
    async fn create_order(&self, request: Request<CreateOrderRequest>) -> Reply<CreateOrderResponse> {
        let CreateOrderRequest { details, numbers } = request.get_ref();
        let carrier = &details.as_ref().unwrap().losing_carrier;
        self.note(&request, format!("create {carrier} {}", numbers.len()))?;
        Ok(Response::new(CreateOrderResponse {
            order: Some(self.order()),
        }))
    }

    async fn add_numbers(&self, request: Request<AddNumbersRequest>) -> Reply<AddNumbersResponse> {
        self.note(&request, format!("add {}", request.get_ref().numbers.len()))?;
        Ok(Response::new(AddNumbersResponse {
            order: Some(self.order()),
        }))
    }

    async fn import_numbers(
        &self,
        mut request: Request<Streaming<ImportNumbersRequest>>,
    ) -> Reply<ImportNumbersResponse> {
        let (mut content, mut takes_good_lines) = (Vec::new(), false);
        while let Some(message) = request.get_mut().message().await? {
            match message.part.unwrap() {
                import_numbers_request::Part::Header(header) => takes_good_lines = header.take_good_lines,
                import_numbers_request::Part::Chunk(piece) => content.extend(piece),
                import_numbers_request::Part::Number(_) => self.note(&request, "a number".to_owned())?,
            }
        }
        self.note(
            &request,
            format!("import {} bytes, good lines: {takes_good_lines}", content.len()),
        )?;
        let fault = LineFault {
            line: 2,
            column: "Phone Number".to_owned(),
            code: "TN_LENGTH".to_owned(),
            message: "a number has ten digits".to_owned(),
        };
        let faults = if content.windows(3).any(|word| word == b"bad") {
            vec![fault]
        } else {
            Vec::new()
        };
        Ok(Response::new(ImportNumbersResponse {
            added: 0,
            faults,
            import: None,
        }))
    }

    async fn get_order(&self, request: Request<GetOrderRequest>) -> Reply<GetOrderResponse> {
        self.admit(&request)?;
        if request.get_ref().order_id == "PI_404" {
            return Err(status::fail(
                Code::NotFound,
                "ORDER_NOT_FOUND",
                "there is no such order",
            ));
        }
        let order = self.order();
        self.reads.send_modify(|reads| *reads += 1);
        Ok(Response::new(GetOrderResponse { order: Some(order) }))
    }

    async fn list_orders(&self, request: Request<ListOrdersRequest>) -> Reply<ListOrdersResponse> {
        self.admit(&request)?;
        let request = request.into_inner();
        let first: usize = request.page_token.parse().unwrap_or_default();
        let end = ORDERS.min(first + usize::try_from(request.page_size).unwrap());
        let asked = request.filter.unwrap_or_default().states;
        let state = asked.first().copied().unwrap_or(OrderState::Draft.into());
        let order = |number| Order {
            request_number: format!("PI_{}", number + 1),
            state,
            ..Order::default()
        };
        let next_page_token = if end < ORDERS {
            end.to_string()
        } else {
            String::new()
        };
        Ok(Response::new(ListOrdersResponse {
            orders: (first..end).map(order).collect(),
            next_page_token,
        }))
    }

    async fn list_requirements(
        &self,
        request: Request<ListRequirementsRequest>,
    ) -> Reply<ListRequirementsResponse> {
        self.admit(&request)?;
        let missing = Requirement {
            code: "LOA_MISSING".to_owned(),
            ..Requirement::default()
        };
        Ok(Response::new(ListRequirementsResponse {
            requirements: vec![missing],
            ready: false,
        }))
    }

    async fn submit_order(&self, request: Request<SubmitOrderRequest>) -> Reply<SubmitOrderResponse> {
        self.note(&request, "submit".to_owned())?;
        self.kept().order.state = OrderState::Submitted.into();
        Ok(Response::new(SubmitOrderResponse {
            order: Some(self.order()),
        }))
    }

    async fn apply_fix(&self, request: Request<ApplyFixRequest>) -> Reply<ApplyFixResponse> {
        let written = request.get_ref().corrections.iter().map(|correction| {
            let city = correction
                .address
                .as_ref()
                .map(|address| format!(" in {}", address.city));
            format!(
                "{} {} {}{}",
                correction.field,
                correction.tn,
                correction.value,
                city.unwrap_or_default()
            )
        });
        self.note(
            &request,
            format!("fix {}", written.collect::<Vec<_>>().join("; ")),
        )?;
        Ok(Response::new(ApplyFixResponse {
            order: Some(self.order()),
        }))
    }

    async fn update_order(&self, _: Request<UpdateOrderRequest>) -> Reply<UpdateOrderResponse> {
        Err(Status::unimplemented(""))
    }

    async fn remove_numbers(&self, _: Request<RemoveNumbersRequest>) -> Reply<RemoveNumbersResponse> {
        Err(Status::unimplemented(""))
    }

    async fn confirm_remedy(&self, _: Request<ConfirmRemedyRequest>) -> Reply<ConfirmRemedyResponse> {
        Err(Status::unimplemented(""))
    }

    async fn cancel_order(&self, _: Request<CancelOrderRequest>) -> Reply<CancelOrderResponse> {
        Err(Status::unimplemented(""))
    }

    async fn list_timeline(&self, _: Request<ListTimelineRequest>) -> Reply<ListTimelineResponse> {
        Err(Status::unimplemented(""))
    }
}

#[tonic::async_trait]
impl DocumentService for Handler {
    async fn upload_document(
        &self,
        mut request: Request<Streaming<UploadDocumentRequest>>,
    ) -> Reply<UploadDocumentResponse> {
        let (mut size, mut what) = (0, String::new());
        while let Some(message) = request.get_mut().message().await? {
            match message.part.unwrap() {
                upload_document_request::Part::Header(header) => {
                    let (kind, dated) = (header.kind().as_str_name(), header.dated.unwrap());
                    let kind = kind.trim_start_matches("DOCUMENT_KIND_");
                    let dated = format!("{:04}-{:02}-{:02}", dated.year, dated.month, dated.day);
                    what = format!("upload {kind} {} of {dated}", header.file_name);
                }
                upload_document_request::Part::Chunk(piece) => size += piece.len(),
            }
        }
        self.note(&request, format!("{what}, {size} bytes"))?;
        Ok(Response::new(UploadDocumentResponse::default()))
    }

    async fn list_documents(&self, _: Request<ListDocumentsRequest>) -> Reply<ListDocumentsResponse> {
        Err(Status::unimplemented(""))
    }

    type GetDocumentContentStream = tonic::codegen::BoxStream<GetDocumentContentResponse>;

    async fn get_document_content(
        &self,
        _: Request<GetDocumentContentRequest>,
    ) -> Reply<Self::GetDocumentContentStream> {
        Err(Status::unimplemented(""))
    }

    async fn set_document_policy(
        &self,
        _: Request<SetDocumentPolicyRequest>,
    ) -> Reply<SetDocumentPolicyResponse> {
        Err(Status::unimplemented(""))
    }

    async fn get_document_policy(
        &self,
        _: Request<GetDocumentPolicyRequest>,
    ) -> Reply<GetDocumentPolicyResponse> {
        Err(Status::unimplemented(""))
    }
}

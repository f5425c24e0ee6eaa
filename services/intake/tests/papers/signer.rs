//! A customer who has letters made and signed.

use portway_proto::intake::v1;
use portway_proto::intake::v1::letter_service_client::LetterServiceClient;
use portway_proto::intake::v1::{Letter, Order, Signing};
use service::stamp;
use tonic::Status;
use tonic::transport::Channel;

use crate::customer::{Customer, key};
use crate::harness::{TestIntake, ask, change};

/// How a form is filled in by somebody who signs.
pub(crate) const SIGNED: &str = "name=Ann+Lee&agree=yes";

pub(crate) struct Signer<'a> {
    pub(crate) intake: &'a TestIntake,
    pub(crate) customer: &'a Customer,
}

impl Signer<'_> {
    pub(crate) fn letters(&self) -> LetterServiceClient<Channel> {
        LetterServiceClient::new(self.intake.channel())
    }

    /// The account calls itself Acme Voice.
    pub(crate) async fn brand(&self) {
        let brand = v1::LetterBrand {
            name: "Acme Voice".to_owned(),
            ..v1::LetterBrand::default()
        };
        let request = v1::SetLetterBrandRequest { brand: Some(brand) };
        self.letters()
            .set_letter_brand(change(&self.customer.token, &key(), request))
            .await
            .unwrap();
    }

    pub(crate) async fn make(&self, order: &Order) -> Result<Vec<Letter>, Status> {
        let request = v1::MakeLettersRequest {
            order_id: order.order_id.clone(),
        };
        let reply = self
            .letters()
            .make_letters(change(&self.customer.token, &key(), request))
            .await?;
        Ok(reply.into_inner().letters)
    }

    /// A branded account's only letter of an order.
    pub(crate) async fn letter(&self, order: &Order) -> Letter {
        self.brand().await;
        let letters = self.make(order).await.unwrap();
        assert_eq!(letters.len(), 1);
        letters[0].clone()
    }

    pub(crate) async fn content(&self, letter: &Letter) -> Result<Vec<u8>, Status> {
        use v1::get_letter_content_response::Part;
        let request = v1::GetLetterContentRequest {
            letter_id: letter.letter_id.clone(),
        };
        let reply = self
            .letters()
            .get_letter_content(ask(&self.customer.token, request))
            .await?;
        let mut parts = reply.into_inner();
        let mut content = Vec::new();
        while let Some(message) = parts.message().await? {
            match message.part.unwrap() {
                Part::Letter(head) => assert_eq!(&head, letter),
                Part::Chunk(chunk) => content.extend(chunk),
            }
        }
        Ok(content)
    }

    pub(crate) async fn send(&self, letter: &Letter) -> (Signing, String) {
        self.send_as(&key(), letter, None).await.unwrap()
    }

    pub(crate) async fn send_as(
        &self,
        key: &str,
        letter: &Letter,
        expires_at: Option<&str>,
    ) -> Result<(Signing, String), Status> {
        let request = v1::SendLetterForSigningRequest {
            letter_id: letter.letter_id.clone(),
            signer_name: "Ann Lee".to_owned(),
            signer_email: "ann@harbor.example".to_owned(),
            expires_at: expires_at.map(|at| stamp::to_proto(at.parse().unwrap())),
        };
        let reply = self
            .letters()
            .send_letter_for_signing(change(&self.customer.token, key, request))
            .await?
            .into_inner();
        Ok((reply.signing.unwrap(), reply.url))
    }

    pub(crate) async fn revoke(&self, signing: &Signing) -> Result<Signing, Status> {
        let request = v1::RevokeSigningRequest {
            signing_id: signing.signing_id.clone(),
        };
        let reply = self
            .letters()
            .revoke_signing(change(&self.customer.token, &key(), request))
            .await?;
        Ok(reply.into_inner().signing.unwrap())
    }

    pub(crate) async fn signings(&self, order: &Order) -> Vec<Signing> {
        let request = v1::ListSigningsRequest {
            order_id: order.order_id.clone(),
        };
        let reply = self
            .letters()
            .list_signings(ask(&self.customer.token, request))
            .await;
        reply.unwrap().into_inner().signings
    }

    pub(crate) async fn documents(&self, order: &Order) -> Vec<v1::Document> {
        let request = v1::ListDocumentsRequest {
            order_id: order.order_id.clone(),
        };
        let reply = self
            .customer
            .documents()
            .list_documents(ask(&self.customer.token, request))
            .await;
        reply.unwrap().into_inner().documents
    }
}

/// The codes of what an order lacks.
pub(crate) async fn lacks(customer: &Customer, order: &Order) -> Vec<String> {
    let all = customer.requirements(order).await.requirements;
    all.into_iter().map(|requirement| requirement.code).collect()
}

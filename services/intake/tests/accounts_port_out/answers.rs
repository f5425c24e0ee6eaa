//! How far our answer has come to the winning carrier: seen on the case, in its timeline and in the feed of events.

use portway_proto::gateway::v1::CommandProgress::{Acknowledged, Refused, Sent};
use portway_proto::gateway::v1::{CommandKind, CommandProgress, CommandProgressed};
use portway_proto::intake::v1;
use service::stamp;
use tonic::Code;

use crate::calls::{ask, request_for};
use crate::harness::{BOUND, TestIntake, User};

const TN: &str = "+14158675309";

impl TestIntake {
    /// The gateway tells how far a command about a case has come; acted on when this returns.
    pub(crate) async fn hear(&self, case: &v1::PortOut, progressed: CommandProgressed) {
        let progressed = CommandProgressed {
            subject_id: case.port_out_id.clone(),
            account_id: case.account_id.clone(),
            ver: case.ver,
            at: Some(stamp::to_proto(self.now())),
            ..progressed
        };
        let place = self
            .feed
            .announce(&case.port_out_id, &case.account_id, &progressed);
        testkit::eventually(BOUND, "the event is acted on", async || {
            let reached: Option<i64> =
                sqlx::query_scalar("SELECT position FROM event_cursor WHERE partition = 0")
                    .fetch_optional(&self.pool)
                    .await
                    .unwrap();
            reached.is_some_and(|reached| reached >= place)
        })
        .await;
        let parked: i64 = sqlx::query_scalar("SELECT count(*) FROM event_parked")
            .fetch_one(&self.pool)
            .await
            .unwrap();
        assert_eq!(parked, 0, "an event was refused");
    }

    /// The gateway tells how far our answer has come.
    pub(crate) async fn hear_answer(&self, case: &v1::PortOut, progress: CommandProgress, refusal: &str) {
        let progressed = CommandProgressed {
            kind: CommandKind::AnswerPortOut.into(),
            progress: progress.into(),
            refusal: refusal.to_owned(),
            ..CommandProgressed::default()
        };
        self.hear(case, progressed).await;
    }

    /// What happened to a case: actor, action and whether a person should look.
    pub(crate) async fn timeline(&self, user: &User, id: &str) -> Vec<(String, String, bool)> {
        let mut request = v1::ListPortOutTimelineRequest {
            port_out_id: id.to_owned(),
            page_size: 2,
            page_token: String::new(),
        };
        let mut happened = Vec::new();
        loop {
            let asked = ask(&user.token, request.clone());
            let page = self
                .port_outs()
                .list_port_out_timeline(asked)
                .await
                .unwrap()
                .into_inner();
            let entries = page.entries.into_iter();
            happened.extend(entries.map(|entry| (entry.actor, entry.action, entry.warning)));
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                return happened;
            }
        }
    }
}

async fn given_accepted(intake: &TestIntake) -> (User, v1::PortOut) {
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    let case = intake.accept(&user, &id).await.unwrap();
    (user, case)
}

fn entry(actor: &str, action: &str, warning: bool) -> (String, String, bool) {
    (actor.to_owned(), action.to_owned(), warning)
}

#[tokio::test]
async fn an_acknowledged_answer_is_seen_on_the_case_and_announced_once() {
    let intake = TestIntake::start("answer_seen").await;
    let (user, case) = given_accepted(&intake).await;
    assert_eq!(case.answer_state(), v1::AnswerState::Requested);
    assert!(case.answer_changed_at.is_some());
    for progress in [Sent, Acknowledged, Acknowledged, Sent] {
        intake.hear_answer(&case, progress, "").await;
    }
    let seen = intake.port_out(&user, &case.port_out_id).await;
    assert_eq!(
        (seen.answer_state(), seen.answer_refusal.as_str(), seen.state()),
        (v1::AnswerState::Acknowledged, "", v1::PortOutState::Authorized)
    );
    let answered = intake.events::<v1::PortOutAnswered>(user.account).await;
    let steps: Vec<_> = answered.iter().map(v1::PortOutAnswered::answer_state).collect();
    assert_eq!(steps, [v1::AnswerState::Sent, v1::AnswerState::Acknowledged]);
    assert_eq!(
        intake.timeline(&user, &case.port_out_id).await,
        [
            entry("9999", "PENDING", false),
            entry("user:owner", "AUTHORIZED", false),
            entry("9999", "ANSWER_SENT", false),
            entry("9999", "ANSWER_ACKNOWLEDGED", false),
        ]
    );
}

#[tokio::test]
async fn a_refused_answer_says_why_and_asks_for_a_person() {
    let intake = TestIntake::start("answer_refused").await;
    let (user, case) = given_accepted(&intake).await;
    intake
        .hear_answer(&case, Refused, "PORT_OUT_NOT_FOUND: no such request")
        .await;
    let seen = intake.port_out(&user, &case.request_number).await;
    assert_eq!(
        (seen.answer_state(), seen.answer_refusal.as_str()),
        (v1::AnswerState::Refused, "PORT_OUT_NOT_FOUND: no such request")
    );
    let answered = intake.events::<v1::PortOutAnswered>(user.account).await;
    assert_eq!(answered[0].refusal, seen.answer_refusal);
    let happened = intake.timeline(&user, &case.port_out_id).await;
    assert_eq!(happened.last(), Some(&entry("9999", "ANSWER_REFUSED", true)));
    let stranger = intake.given_account().await;
    let request = v1::ListPortOutTimelineRequest {
        port_out_id: case.port_out_id.clone(),
        ..v1::ListPortOutTimelineRequest::default()
    };
    let refused = intake
        .port_outs()
        .list_port_out_timeline(ask(&stranger.token, request))
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
}

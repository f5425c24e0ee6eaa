//! Port-outs reach intake within a minute, and whoever moves the clock does not stop for each minute of it.

use clock::{ClockMover, MoverLimits};
use jiff::SignedDuration;
use sqlx::AssertSqlSafe;

use crate::harness::World;

#[tokio::test]
async fn a_port_out_reaches_intake_a_minute_after_it_was_asked_for() {
    let world = World::new("fresh_feed").await;
    let gateway = world.start().await;
    gateway.settle().await;
    world.partner.announce(crate::inbound::request("W-1", 1));
    gateway.advance(SignedDuration::from_secs(59)).await;
    assert_eq!(world.intake.state().received.len(), 0);
    gateway.advance(SignedDuration::from_secs(1)).await;
    assert_eq!(world.intake.state().received.len(), 1);
}

#[tokio::test]
async fn a_clock_that_is_moved_stops_for_the_feed_every_half_hour_only() {
    let world = World::new("fresh_feed_steps").await;
    let gateway = world.start().await;
    gateway.settle().await;
    let work = gateway.serving.due_work.clone();
    let mover = ClockMover::new(world.clock.clone(), work, MoverLimits::default());
    let moved = mover
        .advance_to(world.clock.now() + SignedDuration::from_hours(2))
        .await
        .unwrap();
    assert_eq!(moved.steps, 4);
}

#[tokio::test]
async fn the_request_of_an_answer_is_found_by_its_key() {
    let world = World::new("command_ready_plan").await;
    let gateway = world.start().await;
    gateway.settle().await;
    let mut conn = gateway.serving.pool.acquire().await.unwrap();
    for filled in [
        "INSERT INTO inbound (inbound_id, connection, kind, winning_spid, pon, ver, details, state, port_out_ids,
                              recorded_at)
         SELECT gen_random_uuid(), 'partner', 'request', '9X01', 'W-' || i, 1, '{}', 'delivered',
                ARRAY[gen_random_uuid()], now()
           FROM generate_series(1, 20000) AS i",
        // The last 20 are open; nobody takes them up.
        "INSERT INTO command (command_id, subject_id, account_id, pon, ver, kind, winning_spid, port_out_answer,
                              progress, requested_at, sent_at, ended_at, lease_until)
         SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'W-' || i, 1, 'answer_port_out', '9X01',
                '{\"answer\": \"authorized\", \"foc_at\": null}',
                CASE WHEN i > 19980 THEN 'requested' ELSE 'acknowledged' END, now(),
                CASE WHEN i > 19980 THEN NULL ELSE now() END, CASE WHEN i > 19980 THEN NULL ELSE now() END,
                now() + interval '1 day'
           FROM generate_series(1, 20000) AS i",
        "ANALYZE",
    ] {
        sqlx::query(filled).execute(&mut *conn).await.unwrap();
    }
    let explain = "EXPLAIN SELECT count(*) FROM command_ready";
    let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(explain))
        .fetch_all(&mut *conn)
        .await
        .unwrap();
    let plan = plan.join("\n");
    assert!(
        plan.contains("inbound_request_of_port_out") && !plan.contains("Seq Scan"),
        "{plan}"
    );
}

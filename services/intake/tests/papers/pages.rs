//! Pages, whatever they show: headers, and what is at no address.

use crate::browser::{open, send};
use crate::customer::ONE;
use crate::harness::TestIntake;
use crate::signer::Signer;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_keeps_its_link_to_itself() {
    let intake = TestIntake::start("headers").await;
    let customer = intake
        .customer_who_may(&["port_in.view", "port_in.modify", "account.modify"])
        .await;
    let signer = Signer {
        intake: &intake,
        customer: &customer,
    };
    let draft = customer.draft(&[ONE]).await;
    let letter = signer.letter(&draft).await;
    let (_, url) = signer.send(&letter).await;
    let base = &intake.links_url;
    let pages = [
        (url.clone(), 200, "text/html; charset=utf-8"),
        (format!("{url}/letter.pdf"), 200, "application/pdf"),
        (format!("{base}/links.css"), 200, "text/css; charset=utf-8"),
        (format!("{url}/other.pdf"), 404, "text/html; charset=utf-8"),
        (format!("{base}/"), 404, "text/html; charset=utf-8"),
        (format!("{base}/l/short"), 404, "text/html; charset=utf-8"),
    ];
    for (page, status, kind) in pages {
        let answer = open(&page).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, kind),
            "{page}"
        );
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("script"),
            "{policy}"
        );
        assert_eq!(answer.header("set-cookie"), "");
    }
    let page = open(&url).await.text();
    assert!(
        !page.contains("<script") && !page.contains("http://") && !page.contains("https://"),
        "{page}"
    );
    for label in [
        "<html lang=\"en\">",
        "<title>",
        "<h1>",
        "<label for=\"name\">",
        "title=\"The letter",
    ] {
        assert!(page.contains(label), "{label}");
    }
    assert_eq!(send(&url, "DELETE", &[], "").await.status, 405);
}

-- The tokens of tracking links, sealed and beside no name, so that a repeated call shows the same address; gone when the
-- link is revoked.
CREATE TABLE tracking_token (
    link_id      uuid  NOT NULL,
    token_sealed bytea NOT NULL,
    CONSTRAINT tracking_token_pkey PRIMARY KEY (link_id),
    CONSTRAINT tracking_token_link FOREIGN KEY (link_id) REFERENCES link
);

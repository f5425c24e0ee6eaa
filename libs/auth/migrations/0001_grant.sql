-- What each subject may do in each account. Intake owns the truth; every other service holds a copy made from events.
CREATE TABLE access_grant (
    account_id  uuid   NOT NULL,
    subject     text   NOT NULL,
    permissions text[] NOT NULL,
    CONSTRAINT access_grant_pkey PRIMARY KEY (account_id, subject)
);

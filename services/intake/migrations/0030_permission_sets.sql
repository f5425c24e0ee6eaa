-- Where grants come from: what a subject was granted directly, and sets of permissions that it holds by itself or through
-- a group. access_grant has the union of them, which is what every service keeps a copy of.
CREATE TABLE permission_set (
    account_id        uuid   NOT NULL,
    permission_set_id uuid   NOT NULL,
    name              text   NOT NULL,
    permissions       text[] NOT NULL,
    version           bigint NOT NULL DEFAULT 1,
    CONSTRAINT permission_set_pkey PRIMARY KEY (account_id, permission_set_id),
    CONSTRAINT permission_set_name UNIQUE (account_id, name),
    CONSTRAINT permission_set_permissions CHECK (cardinality(permissions) > 0)
);

CREATE TABLE user_group (
    account_id    uuid   NOT NULL,
    user_group_id uuid   NOT NULL,
    name          text   NOT NULL,
    version       bigint NOT NULL DEFAULT 1,
    CONSTRAINT user_group_pkey PRIMARY KEY (account_id, user_group_id),
    CONSTRAINT user_group_name UNIQUE (account_id, name)
);

CREATE TABLE user_group_subject (
    account_id    uuid NOT NULL,
    user_group_id uuid NOT NULL,
    subject       text NOT NULL,
    CONSTRAINT user_group_subject_pkey PRIMARY KEY (account_id, user_group_id, subject),
    CONSTRAINT user_group_subject_group FOREIGN KEY (account_id, user_group_id)
        REFERENCES user_group (account_id, user_group_id) ON DELETE CASCADE
);
CREATE INDEX user_group_subject_subject ON user_group_subject (account_id, subject);

-- Who holds a set. `ready_made` names one of the sets that come with the program.
CREATE TABLE permission_set_grant (
    account_id        uuid NOT NULL,
    subject           text,
    user_group_id     uuid,
    permission_set_id uuid,
    ready_made        text,
    CONSTRAINT permission_set_grant_holder CHECK (num_nonnulls(subject, user_group_id) = 1),
    CONSTRAINT permission_set_grant_set CHECK (num_nonnulls(permission_set_id, ready_made) = 1),
    CONSTRAINT permission_set_grant_own_set FOREIGN KEY (account_id, permission_set_id)
        REFERENCES permission_set (account_id, permission_set_id),
    CONSTRAINT permission_set_grant_group FOREIGN KEY (account_id, user_group_id)
        REFERENCES user_group (account_id, user_group_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX permission_set_grant_once ON permission_set_grant (
    account_id,
    coalesce(subject, user_group_id::text),
    (subject IS NULL),
    coalesce(ready_made, permission_set_id::text),
    (ready_made IS NULL)
);
CREATE INDEX permission_set_grant_subject ON permission_set_grant (account_id, subject) WHERE subject IS NOT NULL;
CREATE INDEX permission_set_grant_group_holds ON permission_set_grant (account_id, user_group_id)
    WHERE user_group_id IS NOT NULL;
CREATE INDEX permission_set_grant_set_held ON permission_set_grant (account_id, permission_set_id)
    WHERE permission_set_id IS NOT NULL;
CREATE INDEX permission_set_grant_ready_made ON permission_set_grant (account_id, ready_made)
    WHERE ready_made IS NOT NULL;

CREATE TABLE direct_grant (
    account_id  uuid   NOT NULL,
    subject     text   NOT NULL,
    permissions text[] NOT NULL,
    CONSTRAINT direct_grant_pkey PRIMARY KEY (account_id, subject),
    CONSTRAINT direct_grant_permissions CHECK (cardinality(permissions) > 0)
);

-- Which contents of the ready-made sets the grants were last made from; a start with others makes them anew.
CREATE TABLE ready_made_sets (
    singleton boolean NOT NULL DEFAULT true,
    digest    text    NOT NULL,
    CONSTRAINT ready_made_sets_pkey PRIMARY KEY (singleton),
    CONSTRAINT ready_made_sets_singleton CHECK (singleton)
);

-- What was granted up to now was granted directly; but an owner who can still say who may do what holds the set, so that
-- he gains what owners gain.
INSERT INTO permission_set_grant (account_id, subject, ready_made)
SELECT a.account_id, a.owner, 'owner'
  FROM account a JOIN access_grant g ON g.account_id = a.account_id AND g.subject = a.owner
 WHERE 'account.modify' = ANY (g.permissions);
INSERT INTO direct_grant (account_id, subject, permissions)
SELECT g.account_id, g.subject, g.permissions
  FROM access_grant g
 WHERE NOT EXISTS (SELECT FROM permission_set_grant h
                    WHERE h.account_id = g.account_id AND h.subject = g.subject);

-- End users are asked by email or by a text to the number. ASK_END_USER alone, as before: by email.
ALTER TABLE port_out_policy
    DROP CONSTRAINT port_out_policy_us_wireless,
    ADD CONSTRAINT port_out_policy_us_wireless CHECK (
        us_wireless IN ('AUTHORIZE', 'HOLD', 'REQUIRE_PIN', 'ASK_END_USER', 'ASK_END_USER_BY_SMS')),
    DROP CONSTRAINT port_out_policy_canada_wireless,
    ADD CONSTRAINT port_out_policy_canada_wireless CHECK (
        canada_wireless IN ('HOLD', 'ASK_END_USER', 'ASK_END_USER_BY_SMS'));
ALTER TABLE port_out
    DROP CONSTRAINT port_out_policy_outcome,
    ADD CONSTRAINT port_out_policy_outcome CHECK (
        policy_outcome IN ('AUTHORIZE', 'HOLD', 'REQUIRE_PIN', 'ASK_END_USER', 'ASK_END_USER_BY_SMS'));

-- A question goes to an address, or to the one number that it is about. An answer comes by a page, with the address and the
-- program that sent it, or by a text, with its id: that, and nothing of the other, is its proof.
ALTER TABLE port_out_consent
    ALTER COLUMN email DROP NOT NULL,
    ADD COLUMN texted_tn text,
    ADD COLUMN text_id text,
    ADD CONSTRAINT port_out_consent_asked CHECK (num_nonnulls(email, texted_tn) = 1),
    ADD CONSTRAINT port_out_consent_texted CHECK (texted_tn IS NULL OR tns = ARRAY[texted_tn]),
    DROP CONSTRAINT port_out_consent_proof,
    ADD CONSTRAINT port_out_consent_proof CHECK (
        num_nulls(answers, answered_at) IN (0, 2)
        AND (remote_address IS NULL) = (user_agent IS NULL)
        AND num_nonnulls(remote_address, text_id) = num_nonnulls(answered_at)),
    ADD CONSTRAINT port_out_consent_text CHECK (text_id IS NULL OR texted_tn IS NOT NULL);
-- What is open about a number that was texted.
CREATE INDEX port_out_consent_texted_open ON port_out_consent (texted_tn, expires_at)
    WHERE texted_tn IS NOT NULL AND answers IS NULL;

-- Texts that came in and said YES or NO, each once, with the question that it answered. None: nothing was open, so a repeat
-- must not answer what is asked later.
CREATE TABLE text_reply (
    tn         text        NOT NULL,
    text_id    text        NOT NULL,
    answer     text        NOT NULL,
    came_at    timestamptz NOT NULL,
    consent_id uuid,
    CONSTRAINT text_reply_pkey PRIMARY KEY (tn, text_id),
    CONSTRAINT text_reply_consent FOREIGN KEY (consent_id) REFERENCES port_out_consent,
    CONSTRAINT text_reply_answer CHECK (answer IN ('YES', 'NO')),
    CONSTRAINT text_reply_id CHECK (length(text_id) BETWEEN 1 AND 200)
);

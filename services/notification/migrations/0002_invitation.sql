-- A mail to somebody outside the account, with a link that is fetched when the mail is sent and kept nowhere.
ALTER TABLE delivery
    ADD COLUMN invitation    text,
    ADD COLUMN invitation_id uuid,
    ADD CONSTRAINT delivery_invitation CHECK (invitation IN ('SIGN', 'CONSENT')),
    ADD CONSTRAINT delivery_invitation_whole CHECK (
        (invitation IS NULL) = (invitation_id IS NULL) AND (invitation IS NULL OR channel = 'EMAIL'));

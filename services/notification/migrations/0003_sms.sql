-- Texts: to the number that an end user is asked about, by the platform's own SMS gateway.
ALTER TABLE delivery
    DROP CONSTRAINT delivery_channel,
    ADD CONSTRAINT delivery_channel CHECK (channel IN ('EMAIL', 'WEBHOOK', 'SMS')),
    DROP CONSTRAINT delivery_invitation_whole,
    ADD CONSTRAINT delivery_invitation_whole CHECK (
        (invitation IS NULL) = (invitation_id IS NULL) AND (invitation IS NULL OR channel IN ('EMAIL', 'SMS'))),
    -- Nothing else goes by text.
    ADD CONSTRAINT delivery_text CHECK (channel <> 'SMS' OR invitation IS NOT DISTINCT FROM 'CONSENT');

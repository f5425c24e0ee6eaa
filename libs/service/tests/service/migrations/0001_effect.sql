CREATE TABLE effect (nth bigint GENERATED ALWAYS AS IDENTITY, number bigint NOT NULL);

-- One row, written by the start: what is derived from the AUTH_SECRET that the database is used with. Not tenant data, and only the tables'
-- owner reads and writes it, before anything else is done with the database.
CREATE TABLE "secret_check" (
    "derived" TEXT NOT NULL,

    CONSTRAINT "secret_check_pkey" PRIMARY KEY ("derived")
);
revoke all on secret_check from parley_runtime;

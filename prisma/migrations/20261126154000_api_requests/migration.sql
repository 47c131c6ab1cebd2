-- CreateTable
CREATE TABLE "api_requests" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "transport" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "status" SMALLINT NOT NULL,
    "code" TEXT NOT NULL,
    "ms" REAL NOT NULL,
    "credential" TEXT NOT NULL,
    "key_id" TEXT,
    "user_id" TEXT,
    "person_id" TEXT,
    "request_id" TEXT NOT NULL,
    "ip" TEXT,

    CONSTRAINT "api_requests_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "api_request_skips" (
    "tenant_id" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "skipped" INTEGER NOT NULL,

    CONSTRAINT "api_request_skips_pkey" PRIMARY KEY ("tenant_id","hour")
);

alter table api_requests enable row level security;
alter table api_requests force row level security;
create policy tenant_wall on api_requests using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table api_request_skips enable row level security;
alter table api_request_skips force row level security;
create policy tenant_wall on api_request_skips using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));

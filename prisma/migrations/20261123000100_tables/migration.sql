-- CreateTable
CREATE TABLE "chats" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT,
    "policy" TEXT NOT NULL DEFAULT 'open',
    "frozen" BOOLEAN NOT NULL DEFAULT false,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "direct_key" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "chats_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "chat_heads" (
    "tenant_id" TEXT NOT NULL,
    "chat_id" UUID NOT NULL,
    "last_seq" BIGINT NOT NULL DEFAULT 0,
    "last_position" BIGINT NOT NULL DEFAULT 0,
    "member_count" INTEGER NOT NULL DEFAULT 0,
    "last_message_id" UUID,
    "active_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "chat_heads_pkey" PRIMARY KEY ("tenant_id","chat_id")
);

-- CreateTable
CREATE TABLE "members" (
    "tenant_id" TEXT NOT NULL,
    "chat_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" TEXT NOT NULL DEFAULT 'member',
    "joined_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_read_seq" BIGINT NOT NULL DEFAULT 0,
    "muted_until" TIMESTAMPTZ(3),
    "notify_mute" TEXT NOT NULL DEFAULT 'none',
    "notify_until" TIMESTAMPTZ(3),

    CONSTRAINT "members_pkey" PRIMARY KEY ("tenant_id","chat_id","user_id")
);

-- CreateTable
CREATE TABLE "membership_spans" (
    "tenant_id" TEXT NOT NULL,
    "chat_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "from_position" BIGINT NOT NULL,
    "to_position" BIGINT,

    CONSTRAINT "membership_spans_pkey" PRIMARY KEY ("tenant_id","user_id","chat_id","from_position")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "issuers" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "issuer" TEXT,
    "audience" TEXT,
    "algorithms" TEXT[],
    "secret" TEXT,
    "public_key" TEXT,
    "jwks_uri" TEXT,
    "claims" JSONB NOT NULL DEFAULT '{}',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "issuers_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "events" (
    "tenant_id" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "chat_id" UUID,
    "user_id" TEXT,
    "seq" BIGINT,
    "payload" JSONB NOT NULL,
    "internal" JSONB,
    "client_hash" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "events_pkey" PRIMARY KEY ("tenant_id","position")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "tenant_id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "body_hash" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "response" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("tenant_id","scope","key")
);

-- CreateTable
CREATE TABLE "nodes" (
    "id" TEXT NOT NULL,
    "internal_url" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "nodes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "presences" (
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "node_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "presences_pkey" PRIMARY KEY ("tenant_id","user_id","node_id")
);

-- CreateTable
CREATE TABLE "messages" (
    "tenant_id" TEXT NOT NULL,
    "chat_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "sender_id" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "mention_user_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "reply_to_id" UUID,
    "client_message_id" TEXT,
    "position" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "edited_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "messages_pkey" PRIMARY KEY ("tenant_id","chat_id","seq")
);

-- CreateTable
CREATE TABLE "message_edits" (
    "tenant_id" TEXT NOT NULL,
    "message_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "content" TEXT NOT NULL,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "edited_by" TEXT NOT NULL,
    "edited_at" TIMESTAMPTZ(3) NOT NULL,
    "position" BIGINT NOT NULL,

    CONSTRAINT "message_edits_pkey" PRIMARY KEY ("tenant_id","message_id","version")
);

-- CreateTable
CREATE TABLE "send_keys" (
    "tenant_id" TEXT NOT NULL,
    "chat_id" UUID NOT NULL,
    "sender_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "message_id" UUID NOT NULL,
    "body_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "send_keys_pkey" PRIMARY KEY ("tenant_id","chat_id","sender_id","key")
);

-- CreateTable
CREATE TABLE "tenants" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "demo" BOOLEAN NOT NULL DEFAULT false,
    "suspended_at" TIMESTAMPTZ(3),
    "valid_after" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant_log" (
    "tenant_id" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "position" BIGINT NOT NULL DEFAULT 0,
    "floor" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "tenant_log_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "users" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "display_name" TEXT,
    "avatar_url" TEXT,
    "email" TEXT,
    "locale" TEXT,
    "timezone" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "valid_after" TIMESTAMPTZ(3),
    "last_seen_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "chats_tenant_id_direct_key_key" ON "chats"("tenant_id", "direct_key");

-- CreateIndex
CREATE INDEX "members_tenant_id_user_id_chat_id_idx" ON "members"("tenant_id", "user_id", "chat_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_tenant_id_hash_key" ON "api_keys"("tenant_id", "hash");

-- CreateIndex
CREATE INDEX "events_tenant_id_chat_id_position_idx" ON "events"("tenant_id", "chat_id", "position");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "messages_tenant_id_id_key" ON "messages"("tenant_id", "id");

-- CreateIndex
CREATE INDEX "users_tenant_id_created_at_id_idx" ON "users"("tenant_id", "created_at", "id");

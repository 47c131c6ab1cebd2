-- A mention waits for no pause after what nobody was told of because the chat is muted. Nodes of the release before leave it as it is.

-- AlterTable
ALTER TABLE "away_notices" ADD COLUMN     "unmentioned" BOOLEAN NOT NULL DEFAULT false;

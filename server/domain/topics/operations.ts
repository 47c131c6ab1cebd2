import { addSubscribers } from "./add-subscribers.ts";
import { deleteTopic } from "./delete-topic.ts";
import { getTopic } from "./get-topic.ts";
import { listSubscribers } from "./list-subscribers.ts";
import { listTopics } from "./list-topics.ts";
import { putTopic } from "./put-topic.ts";
import { removeSubscriber } from "./remove-subscriber.ts";

export const topicOperations = {
  list: listTopics,
  get: getTopic,
  put: putTopic,
  delete: deleteTopic,
  listSubscribers,
  subscribe: addSubscribers,
  unsubscribe: removeSubscriber,
};

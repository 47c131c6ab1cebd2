"use client";

import { useEffect, useSyncExternalStore } from "react";
import { useParley } from "../../client/react/provider.tsx";
import { isSilent } from "../../client/state.ts";
import { keepText, listenToKept, readKept } from "../ui/kept-text.ts";
import { holdAttention, isAttended } from "./attention-lock.ts";
import { isLookedAt, useAttention } from "./use-attention.ts";

const KEY = "parley/sound";
const SHORTEST_PAUSE_MS = 1_000;

/** Whether this browser makes a sound for messages, and the switch for it; the same in all its tabs. */
export function useSoundSwitch(): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(listenToKept, isOn, () => false);
  return [on, turn];
}

/** A short tone for what others say while nobody looks, at this tab or another. Of several tabs only one makes it. */
export function useSound(): void {
  const client = useParley();
  const isAttentive = useAttention();
  const attention = `parley/attention/${JSON.stringify([client.tenantId, client.me])}`;
  useEffect(() => {
    if (isAttentive && navigator.locks) return holdAttention(navigator.locks, attention);
  }, [isAttentive, attention]);
  useEffect(() => {
    let last = 0;
    return client.onEvent((event) => {
      const message = event.data as { senderId?: string; mentionUserIds?: string[] };
      const chat = client.getState().chats[event.chatId ?? ""]?.chat;
      const isNews =
        event.type === "message.created" &&
        message.senderId !== client.me &&
        !(chat && isSilent(chat, message, client.me));
      if (!isNews || !isOn() || isLookedAt() || Date.now() - last < SHORTEST_PAUSE_MS) return;
      last = Date.now();
      void onceAmongTabs(`parley/sound/${event.eventId}`, attention, play);
    });
  }, [client, attention]);
}

function isOn(): boolean {
  return readKept(KEY) === "on";
}

function turn(on: boolean): void {
  keepText(KEY, on ? "on" : "off");
  if (on) play();
}

/** The tab that gets the lock acts, and holds it until the others have asked for it in vain. */
async function onceAmongTabs(name: string, attention: string, act: () => void): Promise<void> {
  // A page that was never pressed makes no sound, and would keep the others from it.
  if (navigator.userActivation?.hasBeenActive === false) return;
  if (!navigator.locks) return act();
  if (await isAttended(navigator.locks, attention)) return;
  await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    act();
    await new Promise((resolve) => setTimeout(resolve, SHORTEST_PAUSE_MS));
  });
}

function play(): void {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.08, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.25);
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.25);
  tone.onended = () => void context.close();
}

/** Talks that are written out: [who, text, extras]. */
export interface Said {
  /** Hours before the seed's moment at which the talk begins; lines follow minutes apart. */
  hoursAgo: number;
  lines: [
    sender: string,
    text: string,
    extra?: { replyTo?: number; mentions?: string[]; before?: string; deleted?: true },
  ][];
}

export const lobbyTalk: Said[] = [
  {
    hoursAgo: 51,
    lines: [
      ["ada", "Welcome to the lobby, everybody! Lisbon and Dubai in one room at last."],
      ["farid", "Good evening from Dubai. 27 degrees, in case somebody is cold."],
      ["emma", "Very kind. It is 14 here and it rains sideways."],
      ["karim", "Rain? Please send some over."],
      ["joana", "I can offer two umbrellas from lost and found."],
      ["ben", "House rules: timetable things in Bridge & operations, everything else here."],
      ["gita", "And cake?", { replyTo: 5 }],
      ["ben", "Cake is everything else.", { replyTo: 6 }],
    ],
  },
  {
    hoursAgo: 27,
    lines: [
      ["carla", "The winter timetable is with the printers. If you find a mistake now, please keep it to yourself."],
      ["duarte", "Page 3."],
      ["carla", "Duarte!"],
      ["duarte", "Joking. It looks good.", { before: "Joking. It looks god." }],
      ["hana", "Crew plan for December is out, wishes until Friday please."],
      ["ivo", "Wish: not the early boat on the first of January."],
      ["hana", "You and eleven others, @Ivo Santos.", { mentions: ["ivo"], replyTo: 5 }],
      ["leila", "Expenses too, please. I have receipts here from a summer long ago."],
      ["ivo", "Which summer?", { deleted: true }],
    ],
  },
  {
    hoursAgo: 4,
    lines: [
      ["emma", "Sea Star is back from the yard and smells of fresh paint."],
      ["duarte", "Which is dry. Mostly. Do not lean on the rail."],
      ["joana", "A passenger just did. He took it with humour, and with a free coffee."],
      ["farid", "The tile people from Sharjah signed for next year!"],
      ["leila", "That deserves the good biscuits."],
      ["ada", "Well done, @Farid Haddad and @Gita Rao!", { mentions: ["farid", "gita"] }],
      ["gita", "Thank you! It was mostly the oranges we sent along."],
    ],
  },
  {
    hoursAgo: 0.35,
    lines: [
      ["karim", "Question for the bridge: can you see the new lighthouse lamp from the river?"],
      ["ada", "From the Belém turn on, yes. It is lovely.", { replyTo: 0 }],
      ["ben", "I timed it: one flash every six seconds, as the chart says."],
      ["carla", "Of course you timed it."],
      ["ada", "Who is in for lunch at the quay? Soup today."],
      ["ben", "Me. Five minutes."],
    ],
  },
];

export const directTalk: Said[] = [
  {
    hoursAgo: 30,
    lines: [
      ["ada", "Do you have ten minutes for the roster before the meeting?"],
      ["ben", "After the 14:20, yes. On board or at the office?"],
      ["ada", "On board. Bring the list with the rest hours."],
      ["ben", "And coffee, I assume."],
      ["ada", "You assume well."],
    ],
  },
  {
    hoursAgo: 6,
    lines: [
      ["ben", "Fresnel has her certificate, valid until next November."],
      ["ada", "Excellent. Did they say anything about the second raft?", { replyTo: 0 }],
      [
        "ben",
        "New strap by the end of the month, then it is fine.",
        { before: "New strap by the end of the moth, then it is fine." },
      ],
      ["ada", "I order it today."],
      ["ben", "Already done. Two of them, so that we stop having this conversation."],
      ["ada", "This is why I like working with you."],
      ["ben", "One more: the harbour office wants the lamp list again. Third time this year."],
      ["ben", "I send them the one from March with a new date, unless you object."],
    ],
  },
];

/** Right to left, with names and numbers of the other direction inside. */
export const dubaiTalk: Said[] = [
  {
    hoursAgo: 46,
    lines: [
      ["farid", "صباح الخير جميعًا، وصلت شحنة البلاط من الشارقة."],
      ["leila", "صباح النور! كم عدد المنصات؟"],
      ["farid", "٤٢ منصة، كلها على متن Northern Light."],
      ["karim", "أوراق الجمارك جاهزة، رقم البيان 7731-B.", { before: "أوراق الجمارك جاهزة، رقم البيان 7713-B." }],
      ["leila", "ممتاز، سأرسل الفاتورة قبل الظهر.", { replyTo: 3 }],
      ["ada", "شكرًا لكم! متى تصل إلى Belém؟"],
      ["farid", "غدًا الساعة 09:40 بتوقيت لشبونة إن شاء الله، @Ada Marques.", { mentions: ["ada"], replyTo: 5 }],
    ],
  },
  {
    hoursAgo: 21,
    lines: [
      ["karim", "هل لدينا مكان لعشر منصات إضافية من البرتقال؟"],
      ["farid", "نعم، على Lantern يوم الخميس."],
      ["leila", "العميل يطلب خصم 5% هذه المرة."],
      ["farid", "نعطيه 3% مع ابتسامة."],
      ["leila", "اتفقنا 🙂", { replyTo: 3 }],
      ["karim", "الطقس جيد، والريح 12 عقدة من الشمال الغربي."],
      ["karim", "رسالة خاطئة", { deleted: true }],
      ["leila", "أرسلت العرض، وننتظر الرد قبل الساعة 16:00."],
    ],
  },
];

export const announcements: Said[] = [
  {
    hoursAgo: 480,
    lines: [
      ["ada", "This is where announcements live. Only the bridge writes here, so that nothing gets lost."],
      ["ben", "Safety drills: from now on on the first Tuesday of each month, on every ship."],
    ],
  },
  {
    hoursAgo: 190,
    lines: [
      ["ada", "Sea Star goes to the yard for two weeks. Beacon takes her trips; the evening boat to Trafaria stays."],
      [
        "ben",
        "Parking at the north quay is closed while they repair the wall. Please use the yard.",
        { before: "Parking at the north quay is closed. Please use the yard." },
      ],
    ],
  },
  {
    hoursAgo: 55,
    lines: [
      ["ada", "Winter timetable starts on the second Sunday of December. Carla has printed copies."],
      [
        "ben",
        "This chat is closed for the season break; new announcements come in January. Thank you all for a good year!",
      ],
    ],
  },
];

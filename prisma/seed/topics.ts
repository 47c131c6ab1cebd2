/**
 * What the crews talk about. A topic is a talk in steps; each step says one of its sentences. Words in braces stay the same for a
 * whole talk, so that it hangs together.
 */
export const topics: readonly (readonly (readonly string[])[])[] = [
  [
    [
      "{ship} leaves {port} {n} minutes late, gangway sensor again.",
      "Delay on {ship}: {n} minutes at {port}.",
      "Heads-up: the {time} from {port} will be {n} minutes late.",
    ],
    ["Passengers told?", "Is that on the boards already?", "Does the next connection wait?"],
    [
      "Boards are updated.",
      "Announced it twice, all calm here.",
      "Told everybody on the pier, coffee is on us.",
      "App says {n} minutes, boards follow.",
    ],
    [
      "We can make up {half} minutes on the way back.",
      "I would rather skip the turnaround break than the {time}.",
      "Then {other} takes the {time} and we swap back at noon.",
    ],
    ["Agreed.", "Fine by me.", "Do that, and write it in the log please.", "OK, changing the plan now."],
    ["Back on time since {port}.", "{ship} is on schedule again.", "Made it, two minutes to spare."],
  ],
  [
    [
      "Forecast says {wind} knots from the {dir} after {time}.",
      "Wind is picking up: {wind} knots at {port}.",
      "Harbour office warns of {wind} knots this afternoon.",
    ],
    ["Limit for {ship} is 38, so we sail.", "Do we keep {ship} running?", "{ship} can take that, {other} cannot."],
    [
      "Swell at the mouth is {swell} m right now.",
      "I measured {swell} m of swell ten minutes ago.",
      "It was {swell} m on the last crossing, nobody sick.",
    ],
    ["Please lash the bikes this time.", "No cars on the open deck then.", "Double lines at {pier}, please."],
    ["Done.", "Doing it now.", "Crew is on it.", "Already doubled, and fenders out."],
    ["Next look at {time}.", "I check again in half an hour.", "Will call the harbour office before the {time}."],
    ["Calmer already, {wind} was the peak.", "The front is through.", "Still gusty, but steady enough."],
  ],
  [
    [
      "{n} pallets of {cargo} for {port}, who has room?",
      "New booking: {n} pallets of {cargo}, to be in {port} by {time}.",
      "The {cargo} for {port} is ready at {pier}.",
    ],
    ["{ship} has space for {n} more.", "Not on the {time}, that one is full.", "{other} could take half of it."],
    [
      "Papers are signed.",
      "Customs cleared it this morning.",
      "Still waiting for the customs stamp.",
      "Weight list is attached to the booking.",
    ],
    ["What about the reefer plug?", "Does it need cooling?", "Any of it stackable?"],
    ["Four degrees, plug 3 please.", "No cooling, but keep it dry.", "Stack two high at most."],
    ["Loaded, {n} of {n}.", "All aboard, seals checked.", "On deck and lashed; photo in the booking."],
    ["Thanks, invoice goes out today.", "Perfect, the customer is happy.", "Great, closing the booking."],
  ],
  [
    [
      "Who can take the {time} shift on {ship}?",
      "We are one short on {ship} for the {time}.",
      "Looking for a deckhand for the {time}, {ship}.",
    ],
    [
      "I can, if somebody covers my morning.",
      "Not me, I am at the limit of my hours.",
      "I could from {port} on.",
      "Ask again in an hour, I may be back by then.",
    ],
    [
      "Rest hours say you are free from {time}.",
      "The planner shows {n} hours left for you this week.",
      "That would be the fourth late one in a row, so no.",
    ],
    ["Then it is settled, thank you!", "Put you down for it.", "You are a star. Swapped in the plan."],
    ["Do I get the cabin with the window?", "Only if there is coffee.", "I will be at {pier} ten minutes before."],
    ["Coffee is a promise.", "Window cabin is yours.", "See you there."],
  ],
  [
    [
      "Draft of the new timetable is up: {port} gets a boat at {time}.",
      "What do you think of a {time} from {port} on Sundays?",
      "Proposal: move the {time} by {half} minutes so that the bus connects.",
    ],
    [
      "The bus leaves {half} minutes later, that works.",
      "{n} people asked for exactly that last month.",
      "Turnaround at {port} gets tight.",
    ],
    ["Eleven minutes are enough with both ramps.", "With {ship} yes, with {other} no.", "Only when {pier} is free."],
    ["Can we try it for two weeks?", "Let us run it as a test first.", "I would start with weekends."],
    ["Good, test from Monday.", "I put it into the plan as provisional.", "Then I tell the bus company."],
    [
      "Numbers after the first week: {n} more a day.",
      "First trip had {n} passengers.",
      "Tickets can sell it from tomorrow on.",
    ],
  ],
  [
    [
      "Engine {engine} on {ship} runs warm, {temp} degrees.",
      "{ship}: alarm on engine {engine}, coolant low.",
      "Vibration on {ship} above {n} hundred revolutions.",
    ],
    ["Since when?", "Same as last week?", "Does it come down at half ahead?"],
    ["Since {port}.", "Started at {since}.", "Down to {lower} at half ahead."],
    [
      "Impeller, I bet. I bring one to {pier}.",
      "Sounds like the filter. {half} minutes of work.",
      "Please keep it below 70 percent until I have looked.",
    ],
    ["Waiting for you at {pier}.", "We lie at {pier} until {time}.", "Running on the other one meanwhile."],
    [
      "Filter was full of weed. Running at {lower} now.",
      "New impeller is in, {lower} degrees and steady.",
      "Replaced the sensor, the engine was fine all along.",
    ],
    ["Nice work.", "That was fast, thanks.", "Logged it for the yard in spring."],
  ],
  [
    [
      "School group of {n} on the {time}, can they see the bridge?",
      "{n} schoolchildren are booked on {ship} today.",
      "The kindergarten of {port} sails with us on the {time}, {n} of them.",
    ],
    ["Of course, in groups of six.", "Sure, I show them the radar.", "The bridge is tidy for once, bring them."],
    ["Who has the stickers?", "Do we still have life vests in small?", "Any snacks left on board?"],
    ["In the locker behind the bar.", "Twenty small vests, checked in May.", "Two boxes in the galley."],
    ["They loved the horn.", "One of them wants to be captain now.", "All off at {port}, all counted, all smiling."],
  ],
  [
    [
      "Ticket machine at {port} prints blank.",
      "Card reader at {pier} is offline.",
      "The gate at {port} does not open for monthly passes.",
    ],
    ["Turned it off and on?", "Since when, and only that one?", "I see it from here: no contact since {since}."],
    ["Paper was in the wrong way round.", "It hangs in the update.", "All of the south side, I am afraid."],
    [
      "Let them ride, we sell on board.",
      "Sell on board until {time}, please.",
      "Wave them through, I note the number.",
    ],
    ["Works again.", "Back since {since}.", "Fixed, {n} tickets sold since."],
  ],
  [
    [
      "Somebody left a {lost} on {ship}.",
      "Found on {ship}: a {lost}.",
      "A lady asks for a {lost}, lost on the {time}.",
    ],
    ["It is at the desk in {port}.", "I have it here at {pier}.", "Have not seen it. Asking the cleaners."],
    ["She picks it up at {time}.", "The owner just called.", "Nobody has asked for it yet."],
    ["Happy end!", "One more for the list.", "That makes {n} this month."],
  ],
  [
    [
      "Fuel for {ship}: {litres} litres at {pier}, {time}.",
      "Bunker boat comes to {pier} at {time}.",
      "{ship} is down to a third, fuel tonight?",
    ],
    ["Who signs?", "Do we need the boom out?", "Is the valve on the port side fixed?"],
    ["I sign.", "Boom is out.", "Valve is fixed, tested with {half} litres."],
    [
      "{litres} taken, sample in the box.",
      "Done, meter photo is in the log.",
      "Finished before {time}, no drop spilt.",
    ],
    ["Price went up again, by the way.", "Thanks, booked.", "Good, that lasts until {port} and back {half} times."],
  ],
  [
    [
      "Fog at {port}, less than {half} hundred metres.",
      "Can hardly see {pier} from the bridge.",
      "Radar only from here on, fog at the mouth.",
    ],
    ["Second lookout forward, please.", "Horn every two minutes, I know, I know.", "Speed down to {half} knots?"],
    ["Lookout is posted.", "At {half} knots already.", "{other} reports the same."],
    ["Tell tickets to expect {half} minutes on each trip.", "Boards say fog now.", "Tugs know that we come slowly."],
    ["Lifting.", "Sun is through at {port}.", "Clear since {since}, normal speed."],
    ["That was beautiful, though.", "Took a photo of the lighthouse in it.", "My favourite kind of boring trip."],
  ],
  [
    [
      "Invoice {number} for the {cargo} is open since last month.",
      "The customer with the {cargo} asks for a discount.",
      "Quote for {n} pallets of {cargo} a week, what do we say?",
    ],
    ["They always pay late, but they pay.", "{half} percent, not more.", "Only if they take the {time}."],
    ["I call them today.", "Sending the quote now.", "They said yes before I had finished."],
    ["Contract is signed.", "Paid this morning.", "They want to start in {port} next week."],
    ["Very good!", "Well done.", "Cake in the kitchen."],
  ],
  [
    [
      "Safety drill on {ship} at {time}, everybody off watch please come.",
      "Fire drill went through in {half} minutes.",
      "Man overboard drill with the dummy at {time}, off {port}.",
    ],
    ["Better than last time.", "The dummy has a name now, by the way.", "Who has the stopwatch?"],
    ["Please check the batteries of the radios first.", "Radio 4 is weak.", "Pump two needed three tries."],
    ["Changed.", "On my list for tonight.", "Replaced, spare is in the bridge locker."],
    ["Report is written, two points to fix by Friday.", "Inspector was content.", "Signed and filed."],
  ],
];

/** What stands for the words in braces. Numbers and times are drawn. */
export const words = {
  ship: ["Lantern", "Beacon", "Northern Light", "Fresnel", "Foghorn", "Sea Star"],
  port: ["Belém", "Cacilhas", "Trafaria", "Seixal", "Montijo", "Barreiro"],
  pier: ["pier 1", "pier 2", "pier 3", "pier 4", "the north quay", "the yard"],
  cargo: ["oranges", "tiles", "olive oil", "bicycles", "paper", "mineral water", "machine parts", "flowers", "salt"],
  lost: ["red umbrella", "violin", "left shoe", "laptop bag", "teddy bear", "bunch of keys", "hat", "bird cage"],
  dir: ["north-west", "west", "south-west", "north", "east"],
} as const;

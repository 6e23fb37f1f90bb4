/** What the generalist writes: short, everywhere, never of use. */
export const LOUD = ['+1', '+1 from sales', 'Same here.', 'Following this.', 'Interesting, thanks for raising it.', 'I had something like that last year too.',
  'Good question!', 'My two cents: keep it simple.', 'Customers ask me about this as well.', 'Bump.', 'Agree with the above.', 'Totally.',
  'Not sure, but it sounds right to me.', 'Could somebody from the team comment?', 'We should really fix this.', 'Nice thread.',
  'Works for me, whatever we decide.', 'I would just call somebody.', 'Makes sense.', 'Subscribed :)', 'Happy to join a call on this.',
  'This comes up every quarter.', '👍', 'Seen this in Austin too.', 'Let me know how it goes!'];

/** Thanks of those who asked. */
export const THANKS = ['Thanks, that was it.', 'That solved it, thank you!', 'Perfect, works now.', 'Thank you. Marking this as the answer.', 'Great, exactly what I needed.',
  'Thanks, I would not have found that on my own.', 'Confirmed: works on our side as well. Thanks!', 'Thanks for the quick reply.', 'Ah, I had skipped that step. Thanks!',
  'Very clear, thank you.', 'Tried it this morning and it does the job.', 'Thanks! I will tell the others.', 'Cheers, closing this.', 'That explains it. Thank you.'];

/** Short reactions of bystanders. */
export const ASIDES = ['We had the same in {city} last month.', 'Is this the same for people in {city}?', 'Useful, bookmarked.', 'Could we add this to the docs?',
  'Worth mentioning in the next team meeting.', 'I tripped over this in my first week.', 'For the record, I saw it only once and could not repeat it.',
  'Seeing this too, no idea why.', 'I asked the same a year ago and got no reply then.', 'Same question from our side.', 'Has anything changed since?',
  'We work around it by hand for now.', 'I would also like to know.', 'Please keep us posted, {team} is waiting for the same thing.'];

/** Pointers to somebody who knows. */
export const POINTERS = ['@{h} should know this one.', 'Pinging @{h}, who looked after it last time.', 'Maybe ask @{h}?', '@{h} explained this to me once, hopefully they see this.'];

/** What experts add to threads that are not theirs to answer. */
export const EXPERT_NUDGES = ['I can take this up next week. Could you add the exact message and the time it happened?', 'Happy to look at it together, put 20 minutes in my calendar.',
  'There is a bit more to it, I will add it to the page.', 'Right direction. I would test it on one item first before rolling it out.'];

/**
 * The peer's side of the benchmark: Onward's shape, written by hand as Restate's documentation shows it. One durable
 * step (the send), one awakeable that the receipt resolves from outside. It is kept as cheap as it can be: what the
 * send hands to the world goes to the load generator over the process's own channel, a turn's worth at a time.
 */

// The SDK wants it; Node has it from 22 on.
Promise.withResolvers ??= function withResolvers() {
  let resolve;
  let reject;
  const promise = new this((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
};

const restate = await import('@restatedev/restate-sdk');

let sent = [];

/** The provider: takes the message and knows from now on whom to tell that it was delivered. */
function send(run, receiptTo) {
  if (sent.length === 0) {
    setImmediate(() => {
      process.send({ sent });
      sent = [];
    });
  }
  sent.push([run, receiptTo]);
  return `msg_${run}`;
}

const bench = restate.service({
  name: 'Bench',
  handlers: {
    invoke: async (ctx, invocation) => {
      const receipt = ctx.awakeable();
      const providerMessageId = await ctx.run('send', () => send(invocation.run, receipt.id));
      const { status } = await receipt.promise;
      return { status: status === 'delivered' ? 'succeeded' : 'failed', providerMessageId };
    },
  },
});

// What it logs by default, a line an invocation, would slow it down.
const port = await restate
  .endpoint()
  .bind(bench)
  .setLogger(() => {})
  .listen(0);
process.send({ port });
process.on('disconnect', () => process.exit(0));

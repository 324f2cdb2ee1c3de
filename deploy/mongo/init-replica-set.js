// Run by mongosh: makes the one server a replica set once, and waits until it takes writes.
try {
  rs.status();
} catch (error) {
  if (error.codeName !== 'NotYetInitialized') throw error;
  rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] });
}
for (let left = 60; !db.hello().isWritablePrimary; left--) {
  if (left === 0) throw new Error('the replica set has no primary after a minute');
  sleep(1000);
}

import { createServer, type Server } from 'node:http';
import express from 'express';

/** The floor that the invoke route is held against: Express 5 as it comes, JSON parsed, 202 answered. */
export function expressFloor(): Server {
  const app = express();
  app.use(express.json());
  app.post('/v1/workflows/:workflowId/invocations', (req, res) => {
    res.status(202).json({ id: 'inv_01', workflowId: req.params.workflowId, status: 'running' });
  });
  return createServer(app);
}

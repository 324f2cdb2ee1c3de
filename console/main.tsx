import './shell/tokens.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App, askEarly } from './app';
import { queryClient } from './client/query-client';
import { sessionQuery } from './client/session';
import { applyTheme } from './shell/theme';
import { wordsStarted } from './words/words';

applyTheme();
// All that the first page needs is asked for at once.
void queryClient.prefetchQuery(sessionQuery);
askEarly(window.location.pathname);
await wordsStarted();
const place = document.getElementById('onward');
if (place) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}

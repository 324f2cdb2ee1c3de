import { Suspense } from 'react';
import { Route, Router, Switch } from 'wouter';
import { later } from './parts/later';
import { Loading } from './parts/loading';
import { Toasts } from './parts/toasts';
import { CrashGuard } from './shell/crash-guard';
import { Frame } from './shell/frame';
import { Gate } from './shell/gate';
import { NotFound } from './shell/not-found';

const settings = later('settings', async () => {
  const [page, { askSection }] = await Promise.all([
    import('./pages/settings/settings'),
    import('./pages/settings/sections'),
  ]);
  askSection(window.location.pathname);
  return page;
});

/** Before anybody has signed in. */
const OUTSIDE = [
  { path: '/sign-in', ...later('sign-in', () => import('./pages/sign-in/sign-in')) },
  { path: '/invitation', ...later('sign-in', () => import('./pages/sign-in/invitation')) },
] as const;

/** The most particular path first. */
const INSIDE = [
  { path: '/', ...later('home', () => import('./pages/home/home')) },
  { path: '/flows', ...later('flows', () => import('./pages/flows/flow-list')) },
  { path: '/flows/new', ...later('flows', () => import('./pages/flows/new-flow')) },
  { path: '/flows/:id/versions', ...later(['flows', 'trial'], () => import('./pages/flows/versions')) },
  { path: '/flows/:id/simulate', ...later(['flows', 'trial'], () => import('./pages/flows/simulate')) },
  { path: '/flows/:id', ...later(['flows', 'trial'], () => import('./pages/flows/wizard')) },
  { path: '/runs', ...later('runs', () => import('./pages/runs/run-list')) },
  { path: '/runs/:id', ...later('runs', () => import('./pages/runs/run')) },
  { path: '/analytics', ...later('insight', () => import('./pages/analytics/analytics')) },
  { path: '/live', ...later('insight', () => import('./pages/live/live')) },
  { path: '/settings', ...settings },
  { path: '/settings/:section', ...settings },
  { path: '/settings/:section/:id', ...settings },
] as const;

/** Begins to load the page of an address before anything is drawn; whether it comes is seen when it is drawn. */
export function askEarly(pathname: string): void {
  const path = pathname.replace(/^\/console/, '') || '/';
  const parts = path.split('/');
  const wanted = [...OUTSIDE, ...INSIDE].find((one) => {
    const own = one.path.split('/');
    return own.length === parts.length && own.every((part, n) => part.startsWith(':') || part === parts[n]);
  });
  wanted?.ask().catch(() => {});
}

/** Every page of the console, by its path below /console. */
export function App() {
  return (
    <Router base="/console">
      <CrashGuard>
        <Suspense fallback={<Loading />}>
          <Switch>
            {OUTSIDE.map(({ path, Page }) => (
              <Route key={path} path={path}>
                <Page />
              </Route>
            ))}
            <Route>
              <Gate>
                <Frame>
                  <CrashGuard>
                    <Suspense fallback={<Loading />}>
                      <Switch>
                        {INSIDE.map(({ path, Page }) => (
                          <Route key={path} path={path}>
                            <Page />
                          </Route>
                        ))}
                        <Route>
                          <NotFound />
                        </Route>
                      </Switch>
                    </Suspense>
                  </CrashGuard>
                </Frame>
              </Gate>
            </Route>
          </Switch>
        </Suspense>
      </CrashGuard>
      <Toasts />
    </Router>
  );
}

import { type ComponentType, lazy, Suspense } from 'react';
import { Route, Router, Switch } from 'wouter';
import { Loading } from './parts/loading';
import { Toasts } from './parts/toasts';
import { CrashGuard } from './shell/crash-guard';
import { Frame } from './shell/frame';
import { Gate } from './shell/gate';
import { NotFound } from './shell/not-found';

const page = (load: () => Promise<{ default: ComponentType }>) => lazy(load);

/** Before anybody has signed in. */
const OUTSIDE = [
  { path: '/sign-in', Page: page(() => import('./pages/sign-in/sign-in')) },
  { path: '/invitation', Page: page(() => import('./pages/sign-in/invitation')) },
] as const;

/** The most particular path first. */
const INSIDE = [
  { path: '/', Page: page(() => import('./pages/home/home')) },
  { path: '/flows', Page: page(() => import('./pages/flows/flow-list')) },
  { path: '/flows/new', Page: page(() => import('./pages/flows/new-flow')) },
  { path: '/flows/:id/versions', Page: page(() => import('./pages/flows/versions')) },
  { path: '/flows/:id/simulate', Page: page(() => import('./pages/flows/simulate')) },
  { path: '/flows/:id', Page: page(() => import('./pages/flows/wizard')) },
  { path: '/runs', Page: page(() => import('./pages/runs/run-list')) },
  { path: '/runs/:id', Page: page(() => import('./pages/runs/run')) },
  { path: '/analytics', Page: page(() => import('./pages/analytics/analytics')) },
  { path: '/live', Page: page(() => import('./pages/live/live')) },
  { path: '/settings', Page: page(() => import('./pages/settings/settings')) },
  { path: '/settings/:section', Page: page(() => import('./pages/settings/settings')) },
  { path: '/settings/:section/:id', Page: page(() => import('./pages/settings/settings')) },
] as const;

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

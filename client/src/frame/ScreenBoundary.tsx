import { Component, type ReactNode } from 'react';

import { BrokenScreen } from './BrokenScreen.tsx';

/** Keeps the frame alive when a screen throws. It starts anew with the next screen (give it a key). */
export class ScreenBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <BrokenScreen /> : this.props.children;
  }
}

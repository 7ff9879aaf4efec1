import { createContext, useContext } from "react";

export const NonceContext = createContext("");

/** For inline scripts and styles. Empty in the browser, which hides nonces and has no need of them. */
export const useNonce = () => useContext(NonceContext);

/** What Git's objects are read and indexed with; imported at need, since a pass in which nothing changed needs none of it. */
export { indexPack, readObject } from "isomorphic-git";

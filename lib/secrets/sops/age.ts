/** Imported at need: no other command opens a key. */
export { armor, Decrypter, identityToRecipient } from "age-encryption";

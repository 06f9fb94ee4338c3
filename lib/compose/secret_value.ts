/** Where the model of a secret carries the value of its variable; the name is the reference's. It must never be shown. */
export const SECRET_VALUE = "x-#value";

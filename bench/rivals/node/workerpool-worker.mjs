import workerpool from "workerpool";
import addOne from "./add-one.mjs";

workerpool.worker({ addOne });

/** Pools of windows and of whole maps. */

namespace ManyHands.Rivals.Compare;

/// <summary>Who takes part in what.</summary>
internal static class Contestants
{
    public const string Ours = "ManyHands", Framework = ".NET", CSocket = "C socket pair", CFutex = "C shared memory + futex", CProcesses = "two C processes";

    public const string Executor = "CPython ProcessPoolExecutor", Pool = "multiprocessing.Pool", Pebble = "pebble", Loky = "loky", Waiting = "CPython";

    public const string Piscina = "piscina (threads)", Workerpool = "workerpool (processes)";

    /// <param name="folder">Where this program's folder and those of the contestants are.</param>
    /// <param name="quick">A tenth of the work.</param>
    /// <param name="python">The Python to use.</param>
    public static IReadOnlyList<Contestant> All(string folder, bool quick, string python)
    {
        string size = quick ? "quick" : "full", few = quick ? "2000" : "20000";
        var all = new List<Contestant>();
        Join(Ours, "dotnet", [$"{folder}/ours/bin/Release/net10.0/ours.dll"],
            "round-trip", "many", "map", "arrays", "start", "kill", "memory", "speed-up", "threads", "waits", "blocks", "parent-cpu");
        Join(Framework, "dotnet", [$"{folder}/framework/bin/Release/net10.0/framework.dll"], "arrays", "threads", "waits");
        Join(Executor, python, [$"{folder}/python/process_pool_executor.py"],
            "round-trip", "many", "map", "arrays", "start", "memory", "speed-up", "parent-cpu");
        Join(Pool, python, [$"{folder}/python/multiprocessing_pool.py"], "round-trip", "many", "map");
        Join(Pebble, python, [$"{folder}/python/pebble_pool.py"], "round-trip", "many");
        Join(Loky, python, [$"{folder}/python/loky_pool.py"], "round-trip", "many", "start", "memory");
        Join(Waiting, python, [$"{folder}/python/waiting.py"], "waits", "blocks");
        Join(Piscina, "node", [$"{folder}/node/piscina-pool.mjs"], "round-trip", "many");
        Join(Workerpool, "node", [$"{folder}/node/workerpool-pool.mjs"], "round-trip", "many");
        all.Add(new Contestant("round-trip", CSocket, $"{folder}/bin/ping-pong", "socket", few, "5000"));
        all.Add(new Contestant("round-trip", CFutex, $"{folder}/bin/ping-pong", "futex", few, "5000"));
        all.Add(new Contestant("speed-up", CProcesses, $"{folder}/bin/squares", "8", quick ? "500000" : "5000000"));
        return all;

        void Join(string name, string program, string[] arguments, params string[] topics) =>
            all.AddRange(topics.Select(topic => new Contestant(topic, name, program, [.. arguments, topic, size])));
    }
}

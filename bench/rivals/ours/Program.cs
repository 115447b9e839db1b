using ManyHands.Rivals;
using ManyHands.Rivals.Ours;

Measure.Begin(args);
Task? measuring = args[0] switch
{
    "round-trip" => TinyTasks.RoundTripAsync(),
    "many" => TinyTasks.ManyAsync(),
    "map" => TinyTasks.MapAsync(),
    "parent-cpu" => ParentCpu.RunAsync(),
    "arrays" => Arrays.RunAsync(),
    "start" => Lives.StartAsync(),
    "kill" => Lives.KillAsync(),
    "memory" => Memory.RunAsync(),
    "speed-up" => SpeedUp.RunAsync(),
    "threads" => Threads.TinyAsync(),
    "waits" => Threads.WaitsAsync(),
    "blocks" => Threads.BlocksAsync(),
    _ => null,
};
if (measuring is null)
    return 2;
await measuring;
return 0;

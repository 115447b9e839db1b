namespace ManyHands.Hosting;
internal static class WorkerEntryPoint { private static int Main(string[] args) { System.Console.WriteLine("hi " + args.Length); return 255; } }

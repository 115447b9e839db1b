using ManyHands.Rivals;
using ManyHands.Rivals.Framework;

if (args is ["echo", var path])
{
    RawSpans.Echo(path);
    return 0;
}

Measure.Begin(args);
switch (args[0])
{
    case "threads":
        await TinyTasks.RunAsync();
        break;
    case "waits":
        await Waits.RunAsync();
        break;
    case "arrays":
        RawSpans.Run();
        break;
    default:
        return 2;
}

return 0;

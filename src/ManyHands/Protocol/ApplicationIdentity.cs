using System.Buffers;
using System.Reflection;
using ManyHands.Payloads;

namespace ManyHands.Protocol;

/// <summary>
/// What code finds when it asks which application it is in. A worker is started as another program, and takes this over from its parent: libraries look for
/// their configuration, their plug-ins and their secrets by it.
/// </summary>
/// <param name="EntryAssembly">The assembly that has <c>Main</c>; null if the process was not started with one.</param>
/// <param name="BaseDirectory">As in <see cref="AppContext.BaseDirectory"/>.</param>
/// <param name="ConfigurationFile">A configuration file other than the one beside the entry assembly, or null.</param>
internal sealed record ApplicationIdentity(AssemblyAddress? EntryAssembly, string BaseDirectory, string? ConfigurationFile)
{
    private const string BaseDirectoryName = "APP_CONTEXT_BASE_DIRECTORY";
    private const string ConfigurationFileName = "APP_CONFIG_FILE"; // System.Configuration asks for it

    /// <summary>Variables of the application's that this process was started with other values for, or without.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>That of this process.</summary>
    public static ApplicationIdentity Own => new(
        Assembly.GetEntryAssembly() is { } entry && AssemblyAddress.IsReachable(entry) ? AssemblyAddress.Of(entry) : null,
        AppContext.BaseDirectory,
        AppContext.GetData(ConfigurationFileName) as string);

    /// <summary>Makes it that of this process. Before any code of others runs.</summary>
    public void Adopt()
    {
        // Null rather than this library, if the assembly cannot be loaded: a scan of the wrong assembly finds nothing, and says nothing.
        Assembly.SetEntryAssembly(EntryAssembly is { } entry ? Find(entry) : null);
        if (AppContext.BaseDirectory != BaseDirectory)
            AppContext.SetData(BaseDirectoryName, BaseDirectory);
        if (ConfigurationFile is not null)
            AppContext.SetData(ConfigurationFileName, ConfigurationFile);
        foreach (var (name, value) in Variables)
            Environment.SetEnvironmentVariable(name, value);
    }

    public void Write(IBufferWriter<byte> output)
    {
        output.Write([(byte)(EntryAssembly is null ? 0 : 1)]);
        EntryAssembly?.Write(output);
        output.WriteText(BaseDirectory);
        output.WriteText(ConfigurationFile);
        output.WriteInt32(Variables.Count);
        foreach (var (name, value) in Variables)
        {
            output.WriteText(name);
            output.WriteText(value);
        }
    }

    public static ApplicationIdentity Read(ref FieldReader reader) => new(
        reader.ReadByte() == 0 ? null : AssemblyAddress.Read(ref reader), reader.ReadRequiredText(), reader.ReadText())
    {
        Variables = ReadVariables(ref reader),
    };

    private static Dictionary<string, string> ReadVariables(ref FieldReader reader)
    {
        var variables = new Dictionary<string, string>();
        int count = reader.ReadCount();
        for (int i = 0; i < count; i++)
        {
            string name = reader.ReadRequiredText(); // not in one statement: the name comes first
            variables[name] = reader.ReadRequiredText();
        }

        return variables;
    }

    private static Assembly? Find(AssemblyAddress address)
    {
        try
        {
            return new TypeResolver().Resolve(address);
        }
        catch (ExecutorException)
        {
            return null; // rebuilt or removed since: work that is in it says so
        }
    }
}

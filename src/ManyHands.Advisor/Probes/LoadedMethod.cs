using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ManyHands.Advisor;

/// <summary>A method that has been found in its assembly, in this process.</summary>
internal sealed class LoadedMethod
{
    private static readonly ConcurrentDictionary<MethodAddress, Lazy<LoadedMethod>> _loaded = new();
    private static readonly MethodInfo _parse = typeof(LoadedMethod).GetMethod(nameof(ParseAs), BindingFlags.Static | BindingFlags.NonPublic)!;

    // What an object lacks, or has too much, is a mistake of whoever wrote the input, and would be measured as something else.
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
    };

    private readonly MethodInfo _method;
    private readonly ParameterInfo? _parameter;
    private readonly bool _takesToken;

    private LoadedMethod(MethodInfo method)
    {
        _method = method;
        ParameterInfo[] parameters = method.GetParameters();
        _takesToken = parameters is [.., { ParameterType: var last }] && last == typeof(CancellationToken);
        _parameter = parameters.FirstOrDefault(parameter => parameter.ParameterType != typeof(CancellationToken));
    }

    public bool IsAsync => typeof(Task).IsAssignableFrom(_method.ReturnType);

    public bool ReturnsNothing => _method.ReturnType == typeof(void) || _method.ReturnType == typeof(Task);

    public Type? ArgumentType => _parameter?.ParameterType;

    /// <summary>Finds it; once for each method and process.</summary>
    /// <exception cref="MethodProbeException">It is not there, or not such that it can be called.</exception>
    public static LoadedMethod Of(MethodAddress address) => _loaded.GetOrAdd(address, static address => new Lazy<LoadedMethod>(() => Load(address))).Value;

    /// <summary>Static fields of its assembly that can be changed, without those that the compiler made.</summary>
    public IReadOnlyList<string> MutableStatics() =>
    [
        .. _method.Module.Assembly.GetTypes()
            .Where(type => !type.Name.StartsWith('<'))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => field is { IsInitOnly: false, IsLiteral: false } && !field.Name.StartsWith("<>", StringComparison.Ordinal))
            .Select(field => $"{field.DeclaringType!.FullName}.{field.Name}"),
    ];

    /// <summary>The argument that a text stands for.</summary>
    /// <exception cref="MethodProbeException">It stands for none.</exception>
    public object? Parse(string text)
    {
        if (ArgumentType is not { } type)
            return null;
        if (type == typeof(string))
            return text;
        try
        {
            if (type.IsEnum)
                return Enum.TryParse(type, text, out object? value) && Enum.IsDefined(type, value) ? value : throw new FormatException("no such name");
            return type.GetInterfaces().Any(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IParsable<>))
                ? _parse.MakeGenericMethod(type).Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, [text], CultureInfo.InvariantCulture)
                : JsonSerializer.Deserialize(text, type, _json);
        }
        catch (Exception error) when (error is FormatException or OverflowException or JsonException or ArgumentException or NotSupportedException)
        {
            throw new MethodProbeException($"The input '{text}' is no {type.Name}, which {_method.Name} takes: {error.Message}", error);
        }
    }

    /// <summary>Calls it, and waits for its end where it returns a task.</summary>
    /// <returns>What it returned.</returns>
    public async Task<object?> CallAsync(object? argument)
    {
        object?[] arguments = (_parameter, _takesToken) switch
        {
            (null, false) => [],
            (null, true) => [CancellationToken.None],
            (_, false) => [argument],
            _ => [argument, CancellationToken.None],
        };
        object? returned = _method.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, arguments, CultureInfo.InvariantCulture);
        if (returned is not Task task)
            return returned;
        await task.ConfigureAwait(false);
        return _method.ReturnType.IsGenericType ? _method.ReturnType.GetProperty(nameof(Task<int>.Result))!.GetValue(task) : null;
    }

    private static object? ParseAs<T>(string text)
        where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);

    private static LoadedMethod Load(MethodAddress address)
    {
        int dot = address.Name.LastIndexOf('.');
        if (dot <= 0)
            throw new MethodProbeException($"'{address.Name}' names no method: write Namespace.Type.Method.");
        Assembly assembly;
        try
        {
            assembly = new WorkAssemblies(address.AssemblyPath).LoadFromAssemblyPath(address.AssemblyPath);
        }
        catch (Exception error) when (error is IOException or BadImageFormatException)
        {
            throw new MethodProbeException($"The assembly '{address.AssemblyPath}' cannot be loaded: {error.Message}", error);
        }

        Type type = assembly.GetType(address.Name[..dot])
            ?? throw new MethodProbeException($"'{Path.GetFileName(address.AssemblyPath)}' has no type '{address.Name[..dot]}'. {Alike(assembly, address.Name[..dot])}");
        string name = address.Name[(dot + 1)..];
        MethodInfo[] methods = [.. type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(method => method.Name == name)];
        MethodInfo[] fitting =
        [
            .. methods.Where(method => !method.ContainsGenericParameters && method.GetParameters().Count(parameter => parameter.ParameterType != typeof(CancellationToken)) <= 1),
        ];
        return fitting switch
        {
            [var method] when WhyNot(method) is { } reason => throw new MethodProbeException($"'{address.Name}' cannot be a task: {reason}"),
            [var method] => new LoadedMethod(method),
            [] when methods.Length > 0 => throw new MethodProbeException($"'{address.Name}' cannot be a task: it has to be static, not generic, with one parameter or none."),
            [] => throw new MethodProbeException($"'{type.FullName}' has no static method '{name}'."),
            _ => throw new MethodProbeException($"'{address.Name}' has {fitting.Length} overloads that could be meant: give the one to measure a name of its own."),
        };
    }

    private static string? WhyNot(MethodInfo method)
    {
        Type returned = method.ReturnType;
        if (method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef || parameter.ParameterType.IsByRefLike || parameter.ParameterType.IsPointer))
            return "its argument cannot be a reference, a span or a pointer.";
        if (!typeof(Task).IsAssignableFrom(returned) && returned.GetMethod("GetAwaiter", []) is not null)
            return $"it returns {returned.Name}, which executors do not await. Return Task or Task<T>.";
        return returned.IsInterface && (typeof(System.Collections.IEnumerable).IsAssignableFrom(returned) || returned.Name == typeof(IAsyncEnumerable<>).Name)
            ? "it returns a sequence, which may run only when somebody reads it. Name a method that reads it, or return an array."
            : null;
    }

    private static string Alike(Assembly assembly, string name)
    {
        string last = name[(name.LastIndexOf('.') + 1)..];
        string[] alike = [.. assembly.GetTypes().Where(type => type.Name == last).Select(type => type.FullName!)];
        return alike.Length > 0 ? $"There is {string.Join(" and ", alike)}." : "Write its namespace too.";
    }

    /// <summary>Finds what the work's assembly needs where its own .deps.json says; what this process has itself is shared.</summary>
    private sealed class WorkAssemblies(string path) : AssemblyLoadContext("work")
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name != typeof(Executor).Assembly.GetName().Name && _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
    }
}
